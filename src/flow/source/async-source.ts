import { assertStep } from '../../async/iterator-step.ts';
import { openIterator } from '../../async/open-iterator.ts';
import { NOTHING, READ_AHEAD, type Source } from './source.ts';

/** Any async iterable, Node stream or web stream as a source: read ahead a little, one `next` at a time. */
export class AsyncSource implements Source {
  readonly remaining: undefined;
  readAhead: number = READ_AHEAD;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #items: unknown[] = [];
  #isReading = false;
  #isDone = false;
  #isClosed = false;
  #failure: { readonly thrown: unknown } | undefined;
  #notify: () => void = () => {};

  constructor(iterable: AsyncIterable<unknown>) {
    this.#iterator = openIterator(iterable);
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
    // A read of nothing would notify the listener at once, which asks because it was notified.
    if (this.#isReading || this.#isDone || this.#items.length >= this.readAhead) return;
    this.#isReading = true;
    try {
      while (!this.#isDone && this.#items.length < this.readAhead) {
        const step = assertStep(await this.#iterator.next());
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
