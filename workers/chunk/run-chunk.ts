import { isGenerator } from '../../src/async/iterator-step.ts';
import type { ChunkMessage, SessionPort } from '../../src/wire/message/message.ts';
import { unpackValues } from '../../src/wire/pack/pack.ts';
import { claimItems, type SlotRow, type Slots, startItem } from '../../src/wire/slots/slot.ts';
import { expandGenerator } from '../item/expand.ts';
import type { ChunkHost, ChunkTimes, Loaded, Outcomes } from '../item/outcomes.ts';
import { Pacer } from '../item/pacer.ts';
import type { TaskContext } from '../item/task-context.ts';
import { isThenable } from '../userland/is-thenable.ts';
import { CurrentItem } from './current-item.ts';

// These are taken now, since tasks may replace them.
const NativePromise = Promise;
const { min } = Math;
const { apply } = Reflect;

/** Milliseconds after which calls that travel together are answered, and those that have not begun go back. */
const LONGEST_CALLS = 1;

/**
 * Tells whoever watches for stray errors which item begins, or that short ones do, and with which context; see
 * `strays.ts`.
 */
export type EnterItem = (index: number | undefined, context: TaskContext) => void;

/** Number of a chunk's first items that are each tracked; of the rest, those long enough for 140 ns not to count. */
const TRACKED_FIRST = 64;
const TRACKED_STRIDE = 16;

/**
 * One chunk on its way through a worker, item by item. Nothing that a task does makes it throw: what a task throws is an
 * outcome.
 */
export class ChunkRun implements ChunkHost {
  readonly message: ChunkMessage;
  readonly items: ArrayLike<unknown>;
  readonly slots: Slots;

  readonly #loaded: Loaded;
  readonly #outcomes: Outcomes;
  readonly #enterItem: EnterItem;
  readonly #pacer: Pacer;
  readonly #current: CurrentItem;
  #offset = 0;
  #claimed = 0;
  #isTracked = true;

  constructor(message: ChunkMessage, loaded: Loaded, slots: Slots, enterItem: EnterItem) {
    this.message = message;
    this.items = unpackValues(message.items);
    this.slots = slots;
    this.#loaded = loaded;
    this.#enterItem = enterItem;
    this.#current = new CurrentItem(message, slots, loaded.store);
    // A call is claimed by itself: another worker takes over what waits behind one that takes long.
    this.#pacer = message.areCalls ? new Pacer(LONGEST_CALLS, 1) : new Pacer();
    this.#outcomes = loaded.open(this);
  }

  get row(): SlotRow {
    return this.message.row;
  }

  get attempt(): number {
    return this.message.attempt;
  }

  get at(): number {
    return this.#offset - 1;
  }

  /** Milliseconds since the first item of the chunk began. */
  get elapsed(): number {
    return this.#pacer.elapsed;
  }

  /** Whether the work enters userland by itself. */
  get isGuarded(): boolean {
    return this.#loaded.isGuarded;
  }

  /** Number of items that have an outcome; they are the first of the chunk. */
  get ran(): number {
    return this.#outcomes.count;
  }

  /**
   * Runs items until one has to be waited for, or until none may begin any more.
   * Returns what to wait for before the next call, or `undefined` at the end.
   */
  advance(): Promise<void> | undefined {
    const { items, slots, row } = this;
    const { index: first, areCalls } = this.message;
    // The task is called as a plain function: `this` is none of its business.
    const { task } = this.#loaded;
    const outcomes = this.#outcomes;
    const current = this.#current;
    for (let offset = this.#offset; offset < this.#claimed || this.#claim(); offset++) {
      this.#offset = offset + 1;
      startItem(slots, row, offset);
      const index = indexOf(first, offset);
      let { context } = current;
      if (this.#isTracked || context.isTouched) {
        context = current.begin();
        this.#enterItem(this.#isTracked ? index : undefined, context);
      }
      try {
        const item = items[offset];
        const value = areCalls ? apply(task, undefined, item as unknown[]) : task(item, index, context);
        if (typeof value === 'number') {
          outcomes.succeedWithNumber(value);
          continue;
        }
        if (typeof value === 'object' && value !== null) {
          if (isThenable(value)) return this.#wait(value);
          const expanded = isGenerator(value) ? expandGenerator(value) : value;
          if (expanded instanceof NativePromise) return this.#wait(expanded);
          outcomes.succeed(expanded);
        } else {
          outcomes.succeed(value);
        }
      } catch (thrown) {
        outcomes.fail(thrown);
      }
      if (outcomes.isFull) this.#claimed = this.#offset;
    }
    return undefined;
  }

  openContext(attempt: number): TaskContext {
    const before = this.#current.context;
    const context = this.#current.openContext(attempt);
    if (context !== before) this.#enterItem(indexOf(this.message.index, this.at), context);
    return context;
  }

  interruptible<T>(pending: PromiseLike<T>): Promise<Awaited<T>> {
    return this.#current.interruptible(pending);
  }

  /** Fires the signal of the item that runs now. */
  abort(): void {
    this.#current.abort();
  }

  /** Ends the wait for the item at `index` with an error it raised on the side. False when it no longer waits. */
  failWaiting(index: number, thrown: unknown): boolean {
    return indexOf(this.message.index, this.at) === index && this.#current.fail(thrown);
  }

  post(port: SessionPort, times: ChunkTimes): void {
    this.#outcomes.post(port, times);
  }

  /** Claims the next stretch of items. False at the end, or when others should have the rest. */
  #claim(): boolean {
    const { count, row, isBound } = this.message;
    const offset = this.#offset;
    if (offset >= count || this.#outcomes.isFull) return false;
    // A chunk that takes longer than foreseen goes back.
    if (offset > 0 && this.#pacer.isOver() && !isBound) return false;
    const { stride } = this.#pacer;
    this.#claimed = claimItems(this.slots, row, offset, min(offset + stride, count));
    this.#isTracked = offset < TRACKED_FIRST || stride <= TRACKED_STRIDE;
    if (!this.#isTracked) this.#enterItem(undefined, this.#current.context);
    return this.#claimed > offset;
  }

  async #wait(pending: PromiseLike<unknown>): Promise<void> {
    try {
      const value = this.#loaded.isWaiting ? await pending : await this.#current.interruptible(pending);
      // An async function may return a generator, which expands like any other.
      this.#outcomes.succeed(isGenerator(value) ? await expandGenerator(value) : value);
    } catch (thrown) {
      this.#outcomes.fail(thrown);
    }
    if (this.#outcomes.isFull) this.#claimed = this.#offset;
  }
}

function indexOf(first: ChunkMessage['index'], offset: number): number {
  return typeof first === 'number' ? first + offset : (first[offset] as number);
}
