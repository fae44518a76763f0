import { keepHere } from '../../src/realm/stays-here.ts';
import { isAborted, type SlotRow, type Slots } from '../../src/wire/slots/slot.ts';

// A task may replace the global, and another ask for its signal behind it.
const { AbortController } = globalThis;

/** The third argument of a task. One context serves all items of a chunk until a task asks for its `signal`. */
export class TaskContext {
  /** 1 at the first try of this item, 2 at the second. */
  readonly attempt: number;
  /** Value that the call gives to its tasks. */
  readonly store: unknown;
  readonly #slots: Slots;
  readonly #row: SlotRow;
  #controller: AbortController | undefined;

  constructor(attempt: number, slots: Slots, row: SlotRow, store: unknown) {
    this.attempt = attempt;
    this.store = store;
    this.#slots = slots;
    this.#row = row;
  }

  /** Whether this item should stop: its run was aborted, or its time is over. True also within a busy loop. */
  get aborted(): boolean {
    return isAborted(this.#slots, this.#row);
  }

  /** Fires when this item should stop. For tasks that wait; a busy loop reads `aborted`. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Whether the item holds its signal, so that the next item needs a context of its own. */
  get isTouched(): boolean {
    return this.#controller !== undefined;
  }

  abort(): void {
    this.#controller?.abort();
  }
}

keepHere(TaskContext.prototype, {
  noun: 'the context of the task that runs',
  fix: 'Copy what you need of it into variables first: what a task calls in turn has a context of its own.',
});
