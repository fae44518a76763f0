import type { ChunkMessage } from '../../src/wire/message/message.ts';
import { isAborted, type Slots } from '../../src/wire/slots/slot.ts';
import { TaskContext } from '../item/task-context.ts';

// This is taken now, since tasks may replace it.
const NativePromise = Promise;

/** The item that runs: the context that it is called with, and the wait for it where it is asynchronous. */
export class CurrentItem {
  readonly #message: ChunkMessage;
  readonly #slots: Slots;
  readonly #store: unknown;
  #context: TaskContext;
  /** Settles the wait for an asynchronous item from outside; absent between items. */
  #fail: ((thrown: unknown) => void) | undefined;

  /** @param store - Value that the call gives to its tasks. */
  constructor(message: ChunkMessage, slots: Slots, store: unknown) {
    this.#store = store;
    this.#message = message;
    this.#slots = slots;
    this.#context = new TaskContext(message.attempt, slots, message.row, store);
  }

  /** The context that was given last. */
  get context(): TaskContext {
    return this.#context;
  }

  /** Begins the next item. Returns the context that it is called with. */
  begin(): TaskContext {
    const context = this.#context;
    return context.isTouched ? this.openContext(this.#message.attempt) : context;
  }

  /** Returns a context that no earlier call holds, for one try of an item or of a stage. */
  openContext(attempt: number): TaskContext {
    if (this.#context.isTouched || this.#context.attempt !== attempt) {
      this.#context = new TaskContext(attempt, this.#slots, this.#message.row, this.#store);
    }
    return this.#context;
  }

  /** Waits for something of the item, unless an error that it raises on the side ends it first. */
  async interruptible<T>(pending: PromiseLike<T>): Promise<Awaited<T>> {
    let outcome: Awaited<T> | undefined;
    let failure: { readonly thrown: unknown } | undefined;
    let isSettled = false;
    // The promise is settled without a value, and without `then`, `race` or `resolve`, which a task may have replaced.
    await new NativePromise<void>((resolve) => {
      const fail = (thrown: unknown): void => {
        if (!isSettled) failure = { thrown };
        isSettled = true;
        resolve();
      };
      const follow = async (): Promise<void> => {
        try {
          const value = await pending;
          if (!isSettled) outcome = value;
          isSettled = true;
          resolve();
        } catch (thrown) {
          fail(thrown);
        }
      };
      this.#fail = fail;
      void follow();
    });
    this.#fail = undefined;
    if (failure !== undefined) throw failure.thrown;
    return outcome as Awaited<T>;
  }

  /** Fires the signal of the item, where it is to stop. */
  abort(): void {
    if (isAborted(this.#slots, this.#message.row)) this.#context.abort();
  }

  /** Ends the wait for the item with an error that it raised on the side. False when it no longer waits. */
  fail(thrown: unknown): boolean {
    if (this.#fail === undefined) return false;
    this.#fail(thrown);
    return true;
  }
}
