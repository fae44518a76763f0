import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { assertCount, assertKnown, assertMilliseconds, optionError } from '../../check.ts';
import { describeValue } from '../../describe.ts';
import { onAbort } from '../../flow/run/abort.ts';
import { FollowedFile } from './followed-file.ts';
import { LineSplitter } from './line-splitter.ts';

/** Options of `tail`. */
export interface TailOptions {
  /** Where to begin in a file that is there already: at its end, its start, or at a byte. `@defaultValue` end */
  readonly from?: 'end' | 'start' | number | undefined;
  /** Ends it: the loop throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between looks, where the system does not tell of changes. `@defaultValue` 250 */
  readonly interval?: number | undefined;
  /** The most bytes of a line; a longer one comes in pieces of about this size. `@defaultValue` 16 MB */
  readonly maxLineBytes?: number | undefined;
}

/**
 * The lines of a file as they are appended, without end: what `tail -F` does. A file that does not exist yet is waited
 * for. When it is renamed and another takes its place, the old one is read to its end first; when it is cut, reading
 * begins anew, and what there was of a line without its end is dropped. A line comes once it is complete; the last of a
 * file that was replaced also without its end.
 *
 * Not seen are a file that was replaced twice between two looks, what is written to the old file when the new one is there
 * and read, and a cut file that has grown to its former size before it is looked at.
 *
 * Reads on only as lines are taken. Leaving the loop closes the file and the watcher.
 *
 * @example
 * ```ts
 * for await (const line of tail('/var/log/app.log')) if (line.includes('ERROR')) alert(line);
 * ```
 */
export function tail(path: string, options: TailOptions = {}): AsyncIterable<string> {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError(`Expected the path of a file to follow, got ${describeValue(path)}.`);
  }
  assertKnown(options, ['from', 'signal', 'interval', 'maxLineBytes']);
  assertMilliseconds(options.interval, 'interval');
  assertCount(options.maxLineBytes, 'maxLineBytes');
  const { from = 'end' } = options;
  if (from !== 'end' && from !== 'start' && !(Number.isInteger(from) && from >= 0)) {
    throw optionError(
      `Expected \`from\` to be 'end', 'start' or a number of bytes, got ${describeValue(from)}.`,
    );
  }
  return {
    [Symbol.asyncIterator]: () => {
      const alarm = new Alarm(path, options.interval ?? 250, options.signal);
      const lines = follow(path, { ...options, from }, alarm);
      return {
        next: () => lines.next(),
        // A generator that waits would hear of it only when the file grows.
        return: () => {
          alarm.close();
          return lines.return(undefined);
        },
      };
    },
  };
}

async function* follow(
  path: string,
  { from, signal, maxLineBytes = 16 * 1024 * 1024 }: TailOptions & { from: 'end' | 'start' | number },
  alarm: Alarm,
): AsyncGenerator<string, undefined, undefined> {
  signal?.throwIfAborted();
  alarm.open();
  let file: FollowedFile | undefined;
  try {
    let start = from;
    while (!alarm.isClosed) {
      signal?.throwIfAborted();
      if (file === undefined) {
        file = await FollowedFile.open(path, start);
        // Whatever appears later is new from its first byte.
        start = 'start';
        if (file === undefined) {
          await alarm.wait();
          continue;
        }
      }
      const splitter: LineSplitter = (file.splitter ??= new LineSplitter(maxLineBytes));
      let hasRead = false;
      for (let bytes = await file.read(); bytes !== undefined; bytes = await file.read()) {
        hasRead = true;
        for (const line of splitter.split(bytes)) {
          signal?.throwIfAborted();
          yield line;
        }
      }
      if (hasRead) continue;
      const change = await file.look(path);
      if (change === 'cut') {
        splitter.reset();
      } else if (change === 'replaced') {
        // What was appended between the last read and the change belongs to the old file still.
        for (let bytes = await file.read(); bytes !== undefined; bytes = await file.read()) {
          for (const line of splitter.split(bytes)) {
            signal?.throwIfAborted();
            yield line;
          }
        }
        yield* splitter.end();
        await file.close();
        file = undefined;
      } else {
        await alarm.wait();
      }
    }
  } finally {
    alarm.close();
    await file?.close();
  }
  return undefined;
}

/** Wakes the reader when something has changed: told by the system, and every now and then in any case. */
class Alarm {
  readonly #signal: AbortSignal | undefined;
  readonly #interval: number;
  readonly #path: string;
  #stopListening: (() => void) | undefined;
  isClosed = false;
  #watcher: ReturnType<typeof watch> | undefined;
  #ring: (() => void) | undefined;
  #hasRung = false;

  constructor(path: string, interval: number, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#interval = interval;
    this.#path = path;
  }

  open(): void {
    const path = this.#path;
    const signal = this.#signal;
    this.#stopListening = signal === undefined ? undefined : onAbort(signal, () => this.#call());
    try {
      // The folder, since the file may be replaced by another one.
      const name = basename(path);
      this.#watcher = watch(dirname(path), (_, changed) => {
        if (changed === null || changed === name) this.#call();
      });
      // Some file systems have no events: then looking has to do.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  async wait(): Promise<void> {
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => this.#call(), this.#interval);
        this.#ring = (): void => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#hasRung = false;
    this.#signal?.throwIfAborted();
  }

  close(): void {
    this.isClosed = true;
    this.#stopListening?.();
    this.#watcher?.close();
    this.#call();
  }

  #call(): void {
    this.#hasRung = true;
    const ring = this.#ring;
    this.#ring = undefined;
    ring?.();
  }
}
