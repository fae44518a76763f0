import { encodeThrown } from '../values/error.ts';
import type { StreamStep } from './protocol.ts';
import { nameDisposal } from '../../realm/disposal.ts';

type Step = IteratorResult<unknown, unknown>;
type Kind = 'next' | 'return' | 'throw';

/**
 * An iterator of the other side, read a step at a time: the iterator goes on when the next value is asked for, and not
 * before.
 */
export class RemoteStream implements AsyncGenerator<unknown, unknown, unknown> {
  readonly #stream: number;
  readonly #ask: (step: StreamStep) => Promise<Step>;
  readonly #onEnd: () => void;
  /** The last step; steps run one after the other, as those of an async generator do. */
  #last: Promise<unknown> | undefined;
  #isDone = false;

  /** @param onEnd - Called once, when the iterator is done, has failed or was closed. */
  constructor(stream: number, ask: (step: StreamStep) => Promise<Step>, onEnd: () => void) {
    this.#stream = stream;
    this.#ask = ask;
    this.#onEnd = onEnd;
  }

  next(value?: unknown): Promise<Step> {
    return this.#step('next', value);
  }

  return(value?: unknown): Promise<Step> {
    return this.#step('return', value);
  }

  throw(thrown: unknown): Promise<Step> {
    return this.#step('throw', thrown);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  static {
    nameDisposal(this.prototype, 'asyncDispose');
  }

  #step(kind: Kind, value: unknown): Promise<Step> {
    const before = this.#last;
    const step = before === undefined ? this.#take(kind, value) : before.then(() => this.#take(kind, value));
    const settled = step.then(
      () => {},
      () => {},
    );
    this.#last = settled;
    void settled.then(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    return step;
  }

  async #take(kind: Kind, value: unknown): Promise<Step> {
    if (this.#isDone) {
      if (kind === 'throw') throw value;
      return { done: true, value: kind === 'return' ? await value : undefined };
    }
    const stream = this.#stream;
    try {
      const step = await this.#ask(
        kind === 'throw'
          ? { kind, stream, thrown: encodeThrown(value) }
          : { kind, stream, value: await value },
      );
      if (step.done === true) this.#end();
      return step;
    } catch (thrown) {
      this.#end();
      throw thrown;
    }
  }

  #end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#onEnd();
  }
}
