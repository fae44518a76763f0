import { FailedItem, NOTHING, type Source } from './source.ts';

/** How many items an asynchronous source is read ahead of the workers, or promises are awaited side by side. */
export const READ_AHEAD = 64;

/** Any async iterable, Node stream or web stream: read ahead a little, one `next` at a time. */
export class AsyncSource implements Source {
  readonly remaining: undefined;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #items: unknown[] = [];
  #isReading = false;
  #isDone = false;
  #isClosed = false;
  #failure: { readonly thrown: unknown } | undefined;
  #notify: () => void = () => {};

  constructor(iterable: AsyncIterable<unknown>) {
    this.#iterator = iterable[Symbol.asyncIterator]();
  }

  get isEnded(): boolean {
    return this.#isDone && this.#items.length === 0 && this.#failure === undefined;
  }

  next(): unknown {
    void this.#read();
    if (this.#items.length > 0) return this.#items.shift();
    if (this.#failure !== undefined) {
      const { thrown } = this.#failure;
      this.#failure = undefined;
      throw thrown;
    }
    return NOTHING;
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
  }

  async close(): Promise<void> {
    this.#items.length = 0;
    this.#failure = undefined;
    this.#isClosed = true;
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#iterator.return?.();
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#isDone) return;
    this.#isReading = true;
    try {
      while (!this.#isDone && this.#items.length < READ_AHEAD) {
        const step = await this.#iterator.next();
        if (this.#isClosed) return;
        if (step.done === true) {
          this.#isDone = true;
          break;
        }
        this.#items.push(await step.value);
        this.#notify();
      }
    } catch (thrown) {
      if (this.#isClosed) return;
      this.#isDone = true;
      this.#failure = { thrown };
    } finally {
      this.#isReading = false;
    }
    this.#notify();
  }
}

interface Awaited {
  settled: unknown;
}

const PENDING = Symbol('pending');

/**
 * Items some of which are promises: those at hand are awaited side by side, up to the read-ahead, and leave in order.
 * One that rejects fails its own item.
 */
export class PromiseSource implements Source {
  readonly #source: Source;
  readonly #entries: Awaited[] = [];
  #notify: () => void = () => {};

  constructor(source: Source) {
    this.#source = source;
  }

  get remaining(): number | undefined {
    const { remaining } = this.#source;
    return remaining === undefined ? undefined : remaining + this.#entries.length;
  }

  get isEnded(): boolean {
    return this.#entries.length === 0 && this.#source.isEnded;
  }

  next(): unknown {
    const first = this.#entries[0];
    if (first === undefined) {
      const item = this.#source.next();
      if (!isThenable(item)) return item;
      this.#entries.push(this.#await(item));
      this.#fill();
      return NOTHING;
    }
    this.#fill();
    if (first.settled === PENDING) return NOTHING;
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
    while (this.#entries.length < READ_AHEAD) {
      const item = this.#source.next();
      if (item === NOTHING) return;
      this.#entries.push(isThenable(item) ? this.#await(item) : { settled: item });
    }
  }

  #await(item: PromiseLike<unknown>): Awaited {
    const entry: Awaited = { settled: PENDING };
    const settle = (settled: unknown): void => {
      entry.settled = settled;
      if (this.#entries[0] === entry) this.#notify();
    };
    Promise.resolve(item).then(settle, (thrown: unknown) => settle(new FailedItem(thrown)));
    return entry;
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
