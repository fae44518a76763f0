import { isThenable } from '../../async/iterator-step.ts';
import { FailedPlaceholder, NOTHING, READ_AHEAD, type Source } from './source.ts';

interface Awaited {
  settled: unknown;
}

const PENDING = Symbol('pending');

/**
 * A source some of whose items are promises: those at hand are awaited side by side, up to the read-ahead, and leave in
 * order. A promise that rejects fails its own item.
 */
export class PromiseSource implements Source {
  readonly #source: Source;
  readAhead: number = READ_AHEAD;
  readonly #entries: Awaited[] = [];
  #broken: { readonly thrown: unknown } | undefined;
  #notify: () => void = () => {};

  /** @param first - The promise that was met first, already taken from the source. */
  constructor(source: Source, first: PromiseLike<unknown>) {
    this.#source = source;
    this.#entries.push(this.#await(first));
  }

  get remaining(): number | undefined {
    const { remaining } = this.#source;
    return remaining === undefined ? undefined : remaining + this.#entries.length;
  }

  get isEnded(): boolean {
    return this.#entries.length === 0 && this.#source.isEnded && this.#broken === undefined;
  }

  next(): unknown {
    this.#fill();
    const first = this.#entries[0];
    if (first === undefined && this.#broken !== undefined) {
      const { thrown } = this.#broken;
      this.#broken = undefined;
      throw thrown;
    }
    if (first === undefined || first.settled === PENDING) return NOTHING;
    this.#entries.shift();
    return first.settled;
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
    this.#source.onReady(listener);
  }

  async close(): Promise<void> {
    this.#entries.length = 0;
    await this.#source.close();
  }

  #fill(): void {
    try {
      while (this.#entries.length < this.readAhead && this.#broken === undefined) {
        const item = this.#source.next();
        if (item === NOTHING) return;
        this.#entries.push(isThenable(item) ? this.#await(item) : { settled: item });
      }
    } catch (thrown) {
      // The items before the failure are still on their way.
      this.#broken = { thrown };
    }
  }

  #await(item: PromiseLike<unknown>): Awaited {
    const entry: Awaited = { settled: PENDING };
    const settle = (settled: unknown): void => {
      entry.settled = settled;
      if (this.#entries[0] === entry) this.#notify();
    };
    Promise.resolve(item).then(settle, (thrown: unknown) => settle(new FailedPlaceholder(thrown)));
    return entry;
  }
}
