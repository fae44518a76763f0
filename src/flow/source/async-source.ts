import { assertStep, isLast, isThenable } from '../../async/iterator-step.ts';
import { openIterator } from '../../async/open-iterator.ts';
import { type PortionedInput, ReadAhead } from './read-ahead.ts';
import { FailedPlaceholder, NOTHING, READ_AHEAD, type Source } from './source.ts';

/** Any async iterable, Node stream or web stream as a source: read ahead a little, one `next` at a time. */
export class AsyncSource implements Source, PortionedInput<unknown, unknown> {
  readonly remaining: undefined;
  readAhead: number = READ_AHEAD;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #items = new ReadAhead<unknown>(this);

  constructor(iterable: AsyncIterable<unknown>) {
    this.#iterator = openIterator(iterable);
  }

  get isEnded(): boolean {
    return this.#items.isEnded;
  }

  get isFull(): boolean {
    return this.#items.length >= this.readAhead;
  }

  next(): unknown {
    this.#items.read();
    const item = this.#items.shift();
    if (item === NOTHING) this.#items.throwFailure();
    return item;
  }

  onReady(listener: () => void): void {
    this.#items.onReady(listener);
  }

  async close(): Promise<void> {
    if (this.#items.close()) await this.#iterator.return?.();
  }

  pull(): Promise<unknown> {
    return this.#iterator.next();
  }

  unwrap(given: unknown): unknown {
    const step = assertStep(given as IteratorResult<unknown>);
    if (isLast(step)) return NOTHING;
    const { value } = step;
    return isThenable(value) ? settleItem(value) : value;
  }
}

/** Waits for an item that is a promise once more: one that rejects fails that item, and the source goes on. */
async function settleItem(item: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await item;
  } catch (thrown) {
    return new FailedPlaceholder(thrown);
  }
}
