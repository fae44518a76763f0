import { encodeThrown } from '../src/wire/error.ts';
import type { ChunkMessage } from '../src/wire/message.ts';
import { type Mark, skip, stop } from '../src/wire/outcome.ts';
import { unpackValues } from '../src/wire/pack.ts';
import { estimateBytes } from '../src/wire/size.ts';
import { beginItem, type Slots } from '../src/wire/slot.ts';
import { expandGenerator, Expansion, isGenerator, isThenable } from './expand.ts';
import { Pacer } from './pacer.ts';
import { ResultValues } from './result-values.ts';
import { TaskContext } from './task-context.ts';

export type Task = (item: unknown, index: number, context: TaskContext) => unknown;

/** Tells whoever watches for stray errors which item begins; see `strays.ts`. */
export type EnterItem = (index: number, offset: number, stride: number) => void;

/**
 * One chunk on its way through a worker, item by item. Nothing that a task does makes it throw: what a task throws
 * becomes a mark.
 */
export class ChunkRun {
  readonly chunk: number;
  readonly values: ResultValues;
  readonly marks: Mark[] = [];
  /** About how many bytes the results take. */
  bytes = 0;

  readonly #message: ChunkMessage;
  readonly #task: Task;
  readonly #slots: Slots;
  readonly #enterItem: EnterItem;
  readonly #items: ArrayLike<unknown>;
  readonly #pacer = new Pacer();
  #context: TaskContext;
  #offset = 0;
  #sample = 0;
  /** Settles the wait for an asynchronous item from outside; absent between items. */
  #failCurrent: ((thrown: unknown) => void) | undefined;

  constructor(message: ChunkMessage, task: Task, slots: Slots, enterItem: EnterItem) {
    this.chunk = message.chunk;
    this.#message = message;
    this.#task = task;
    this.#slots = slots;
    this.#enterItem = enterItem;
    this.#items = unpackValues(message.items);
    this.values = new ResultValues(this.#items);
    this.#context = new TaskContext(message.attempt, slots, message.line);
  }

  /** Milliseconds since its first item began. */
  get elapsed(): number {
    return this.#pacer.elapsed;
  }

  /** How many items have an outcome; they are the first of the chunk. */
  get ran(): number {
    return this.values.length;
  }

  /**
   * Runs items until one has to be waited for, or until none may begin any more.
   * Returns what to wait for before the next call, or `undefined` at the end.
   */
  advance(): Promise<void> | undefined {
    const { count, line, isBound } = this.#message;
    // Called as a plain function: `this` is none of the task's business.
    const task = this.#task;
    while (this.#offset < count) {
      const offset = this.#offset;
      // A chunk that takes longer or grows larger than foreseen goes back, so that others can have the rest.
      if (offset > 0 && this.#pacer.isOver(offset, this.bytes) && !isBound) break;
      if (!beginItem(this.#slots, line, offset)) break;
      this.#offset = offset + 1;
      if (this.#context.isTouched) this.#context = new TaskContext(this.#message.attempt, this.#slots, line);
      const index = this.#indexOf(offset);
      this.#enterItem(index, offset, this.#pacer.stride);
      try {
        const value = task(this.#items[offset], index, this.#context);
        if (typeof value === 'object' && value !== null) {
          if (isThenable(value)) return this.#wait(value);
          const expanded = isGenerator(value) ? expandGenerator(value) : value;
          if (expanded instanceof Promise) return this.#wait(expanded);
          this.#succeed(expanded);
        } else {
          this.#succeed(value);
        }
      } catch (thrown) {
        this.#fail(thrown);
      }
    }
    return undefined;
  }

  /** Fires the signal of the item that runs now. */
  abort(): void {
    this.#context.abort();
  }

  /** Ends the wait for the item at `index` with an error it raised on the side. False when it no longer waits. */
  failWaiting(index: number, thrown: unknown): boolean {
    if (this.#failCurrent === undefined || this.#indexOf(this.#offset - 1) !== index) return false;
    this.#failCurrent(thrown);
    return true;
  }

  #indexOf(offset: number): number {
    const { index } = this.#message;
    return typeof index === 'number' ? index + offset : (index[offset] as number);
  }

  async #wait(pending: PromiseLike<unknown>): Promise<void> {
    const interrupted = new Promise<never>((_, reject) => {
      this.#failCurrent = reject;
    });
    try {
      const value = await Promise.race([pending, interrupted]);
      // An async function may return a generator, which expands like any other.
      this.#succeed(isGenerator(value) ? await expandGenerator(value) : value);
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#failCurrent = undefined;
    }
  }

  #succeed(value: unknown): void {
    const at = this.values.length;
    if (typeof value === 'number') {
      this.values.addNumber(value);
      this.bytes += 8;
    } else if (value === skip) {
      this.values.addNothing();
      this.marks.push({ at, kind: 'skipped' });
    } else if (value === stop) {
      this.values.addNothing();
      this.marks.push({ at, kind: 'stopped' });
      this.#offset = this.#message.count;
    } else if (value instanceof Expansion) {
      this.values.add(value.results);
      this.bytes += estimateBytes(value.results);
      this.marks.push({ at, kind: 'expanded', stopped: value.stopped });
      if (value.stopped) this.#offset = this.#message.count;
    } else {
      this.values.add(value);
      this.bytes += this.#estimate(value, at);
    }
  }

  /** Exact for text and buffers; of other results every 16th is looked at. */
  #estimate(value: unknown, at: number): number {
    if (typeof value !== 'object' || at % 16 === 0 || ArrayBuffer.isView(value)) {
      this.#sample = estimateBytes(value);
    }
    return this.#sample;
  }

  #fail(thrown: unknown): void {
    this.marks.push({ at: this.values.length, kind: 'failed', thrown: encodeThrown(thrown) });
    this.values.addNothing();
  }
}
