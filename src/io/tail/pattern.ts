import { resolve } from 'node:path';
import { Arrivals } from '../../async/arrivals.ts';
import { onAbort } from '../../async/on-abort.ts';
import type { PlacedItem, PositionedReader } from '../../flow/source/positioned.ts';
import { type FilePlace, readFileStatus } from './followed-file.ts';
import { listMatches } from '../../bytes/read/inputs/patterns.ts';

import { readLines } from './line-reader.ts';
import { ReadFiles } from './rotation.ts';
import type { ResolvedTail } from './tail-options.ts';

/** A line of one of several files. */
export interface TailedLine {
  /** Path of the file, as the pattern names it. */
  readonly file: string;
  readonly line: string;
}

type Placed = PlacedItem<TailedLine>;
type Lines = ReturnType<typeof readLines>;

/** Reads the lines of all files that patterns name, now and later, each with its file and the place where it ends. */
export function readPattern(
  patterns: readonly string[],
  options: ResolvedTail,
  resumed: Readonly<Record<string, FilePlace>> | undefined,
  isTracked: boolean,
): PositionedReader<TailedLine> {
  const many = new Many(patterns, options, resumed ?? {}, isTracked);
  return {
    get ready() {
      return many.ready();
    },
    move: (places) => many.move(places as readonly MovedPlace[]),
    [Symbol.asyncIterator]: () => ({
      next: () => many.next(),
      return: async () => {
        await many.close();
        return { done: true, value: undefined };
      },
    }),
  };
}

interface MovedPlace {
  readonly file: string;
  readonly place: FilePlace;
}

/** Follows many files at once: each has one line at hand, and whoever has one first is first. */
class Many {
  readonly #patterns: readonly string[];
  readonly #options: ResolvedTail;
  readonly #isTracked: boolean;
  readonly #followed = new Map<string, Lines>();
  /** Files that are followed, or were, under whatever name: one that is renamed to a name of the pattern is no new one. */
  readonly #read = new ReadFiles();
  readonly #positions: Record<string, FilePlace>;
  readonly #lines = new Arrivals<Placed>();
  #begun: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;
  #isClosed = false;

  constructor(
    patterns: readonly string[],
    options: ResolvedTail,
    resumed: Readonly<Record<string, FilePlace>>,
    isTracked: boolean,
  ) {
    this.#patterns = patterns;
    this.#options = options;
    this.#positions = { ...resumed };
    this.#isTracked = isTracked;
  }

  ready(): Promise<void> {
    return (this.#begun ??= this.#begin());
  }

  move(places: readonly MovedPlace[]): unknown {
    for (const { file, place } of places) this.#positions[file] = place;
    return { ...this.#positions };
  }

  /** Gives the next line. An error closes all files, as whoever gets it does not close them any more. */
  async next(): Promise<IteratorResult<Placed, undefined>> {
    try {
      return await this.#next();
    } catch (thrown) {
      await this.close();
      throw thrown;
    }
  }

  async #next(): Promise<IteratorResult<Placed, undefined>> {
    await this.ready();
    this.#options.signal?.throwIfAborted();
    const line = await this.#lines.take();
    if (line === undefined) return { done: true, value: undefined };
    this.#arm((line.place as MovedPlace).file);
    return { done: false, value: line };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
    this.#lines.close();
    await Promise.all([...this.#followed.values()].map((lines) => lines.return().catch(() => {})));
  }

  async #begin(): Promise<void> {
    const { signal, from, onReady } = this.#options;
    signal?.throwIfAborted();
    this.#stopListening = signal === undefined ? undefined : onAbort(signal, () => this.#fail(signal.reason));
    for (const { left = [] } of Object.values(this.#positions))
      for (const file of left) this.#read.leave(file);
    // Files that another run has followed are followed on, also where their names are gone for the moment.
    // Of two that were in the same file, the one that has come further goes on in it.
    const followed = Object.entries(this.#positions).sort(([, a], [, b]) => b.offset - a.offset);
    for (const [file] of followed) await this.#follow(file, from);
    // Files that came while no run was there are new from their first byte.
    const isResumed = Object.keys(this.#positions).length > 0;
    await this.#look(isResumed ? 'start' : from);
    onReady?.();
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#look('start').then(
        () => this.#lookAgain(),
        (thrown: unknown) => this.#fail(thrown),
      );
    }, this.#options.interval);
  }

  async #look(from: ResolvedTail['from']): Promise<void> {
    for (const file of await this.#list()) {
      if (this.#followed.has(file)) continue;
      const status = await readFileStatus(resolve(file));
      if (status === undefined || (await this.#read.has(resolve(file), status))) continue;
      await this.#follow(file, from);
    }
  }

  async #list(): Promise<string[]> {
    const found = await listMatches(this.#patterns, { onlyFiles: true, dot: true, expandDirectories: false });
    return found.sort();
  }

  async #follow(file: string, from: ResolvedTail['from']): Promise<void> {
    // Whoever closes the reader while it begins closes what is followed by then.
    if (this.#isClosed) return;
    const options = { ...this.#options, from, onReady: undefined };
    const lines = readLines(file, options, this.#positions[file], this.#isTracked, {
      read: this.#read,
      list: () => this.#list(),
    });
    this.#followed.set(file, lines);
    await lines.ready;
    if (this.#isTracked) {
      const begun = lines.move([]) as FilePlace | undefined;
      if (begun !== undefined) this.#positions[file] ??= begun;
    }
    this.#arm(file);
  }

  #arm(file: string): void {
    const lines = this.#followed.get(file)?.[Symbol.asyncIterator]();
    lines?.next().then(
      (step) => {
        if (step.done === true || this.#isClosed) return;
        const placed: Placed = {
          item: { file, line: step.value.item },
          place: { file, place: step.value.place } as MovedPlace,
        };
        this.#lines.add(placed);
      },
      (thrown: unknown) => this.#fail(thrown),
    );
  }

  #fail(thrown: unknown): void {
    if (!this.#isClosed) this.#lines.fail(thrown);
  }
}
