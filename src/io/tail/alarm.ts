import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { onAbort } from '../../async/on-abort.ts';

/** Wakes the reader when something has changed: told by the system, and every now and then in any case. */
export class Alarm {
  isClosed = false;
  readonly #signal: AbortSignal | undefined;
  readonly #interval: number;
  readonly #path: string;
  #stopListening: (() => void) | undefined;
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
      // The folder is watched, since the file may be replaced by another one.
      const name = basename(path);
      this.#watcher = watch(dirname(path), (_, changed) => {
        if (changed === null || changed === name) this.#call();
      });
      // Some file systems have no events: then it has to do that the reader looks every now and then.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  /**
   * Waits until something has changed.
   *
   * @param most - Longest wait, in ms; the interval is the longest in any case.
   */
  async wait(most: number = Infinity): Promise<void> {
    if (!this.#hasRung && !this.isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => this.#call(), Math.min(this.#interval, most));
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
