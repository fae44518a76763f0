import { encodeThrown } from '../../src/wire/values/error.ts';
import { isGenerator } from '../../src/async/iterator-step.ts';
import type { ChunkMessage } from '../../src/wire/message/message.ts';
import { type Mark, skip, stop } from '../../src/wire/message/outcome.ts';
import { unpackValues } from '../../src/wire/pack/pack.ts';
import { estimateBytes, SizeSampler } from '../../src/wire/pack/size.ts';
import { claimItems, isAborted, type Line, type Slots, startItem } from '../../src/wire/slots/slot.ts';
import { expandGenerator, Expansion, isThenable } from '../item/expand.ts';
import { LARGEST_ANSWER, Pacer } from '../item/pacer.ts';
import type { Chain } from '../chain/chain.ts';
import { StageStop } from '../chain/stages/stage-stop.ts';
import { ResultValues } from '../item/result-values.ts';
import { TaskContext } from '../item/task-context.ts';
import { outsideUserland } from '../userland/userland.ts';

// These are taken now, since tasks may replace them.
const NativePromise = Promise;
const { min } = Math;

export type Task = (item: unknown, index: number, context: TaskContext) => unknown;

/** Tells whoever watches for stray errors which item begins, or that short ones do; see `strays.ts`. */
export type EnterItem = (index: number | undefined) => void;

/** Number of a chunk's first items that are each tracked; of the rest, those long enough for 140 ns not to count. */
const TRACKED_FIRST = 64;
const TRACKED_STRIDE = 16;

/**
 * One chunk on its way through a worker, item by item. Nothing that a task does makes it throw: what a task throws
 * becomes a mark.
 */
export class ChunkRun {
  readonly chunk: number;
  readonly values: ResultValues;
  readonly marks: Mark[] = [];
  /** The stages of a pipeline that the items run through, in the place of a task. */
  readonly chain: Chain | undefined;
  /** Bytes that the results take, about. */
  bytes = 0;

  readonly #message: ChunkMessage;
  readonly #task: Task;
  readonly #slots: Slots;
  readonly #enterItem: EnterItem;
  readonly #items: ArrayLike<unknown>;
  readonly #pacer = new Pacer();
  readonly #sizes = new SizeSampler();
  #context: TaskContext;
  #offset = 0;
  #claimed = 0;
  #isTracked = true;
  #isEnough = false;
  /** Settles the wait for an asynchronous item from outside; absent between items. */
  #failCurrent: ((thrown: unknown) => void) | undefined;

  constructor(message: ChunkMessage, loaded: Task | Chain, slots: Slots, enterItem: EnterItem) {
    this.chunk = message.chunk;
    this.#message = message;
    this.chain = typeof loaded === 'function' ? undefined : loaded;
    this.#task = typeof loaded === 'function' ? loaded : (item, index) => loaded.run(item, index);
    this.#slots = slots;
    this.#enterItem = enterItem;
    this.#items = unpackValues(message.items);
    this.values = new ResultValues(this.#items);
    this.#context = new TaskContext(message.attempt, slots, message.line);
    this.chain?.begin(this);
  }

  get slots(): Slots {
    return this.#slots;
  }

  get line(): Line {
    return this.#message.line;
  }

  get attempt(): number {
    return this.#message.attempt;
  }

  /** The offset of the item that runs. */
  get at(): number {
    return this.#offset - 1;
  }

  /** Milliseconds since the first item of the chunk began. */
  get elapsed(): number {
    return this.#pacer.elapsed;
  }

  /** Number of items that have an outcome; they are the first of the chunk. */
  get ran(): number {
    return this.values.length;
  }

  /**
   * Runs items until one has to be waited for, or until none may begin any more.
   * Returns what to wait for before the next call, or `undefined` at the end.
   */
  advance(): Promise<void> | undefined {
    const { line } = this.#message;
    // The task is called as a plain function: `this` is none of its business.
    const task = this.#task;
    while (this.#offset < this.#claimed || this.#claim()) {
      const offset = this.#offset++;
      startItem(this.#slots, line, offset);
      if (this.#context.isTouched) this.openContext(this.#message.attempt);
      const index = this.#indexOf(offset);
      if (this.#isTracked) this.#enterItem(index);
      try {
        const value = task(this.#items[offset], index, this.#context);
        if (typeof value === 'number') {
          this.values.addNumber(value);
          this.bytes += 8;
        } else if (typeof value === 'object' && value !== null) {
          if (isThenable(value)) return this.#wait(value);
          const expanded = isGenerator(value) ? expandGenerator(value) : value;
          if (expanded instanceof NativePromise) return this.#wait(expanded);
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

  /** Claims the next stretch of items. False at the end, or when others should have the rest. */
  #claim(): boolean {
    const { count, line, isBound } = this.#message;
    const offset = this.#offset;
    if (offset >= count || this.#isEnough) return false;
    // A chunk that takes longer than foreseen goes back.
    if (offset > 0 && this.#pacer.isOver() && !isBound) return false;
    const { stride } = this.#pacer;
    this.#claimed = claimItems(this.#slots, line, offset, min(offset + stride, count));
    this.#isTracked = offset < TRACKED_FIRST || stride <= TRACKED_STRIDE;
    if (!this.#isTracked) this.#enterItem(undefined);
    return this.#claimed > offset;
  }

  /** Makes no further item of this chunk run here. */
  #finish(): void {
    this.#isEnough = true;
    this.#claimed = this.#offset;
  }

  /** Returns a context that no earlier call holds, for one try of an item or of a stage. */
  openContext(attempt: number): TaskContext {
    if (this.#context.isTouched || this.#context.attempt !== attempt) {
      this.#context = new TaskContext(attempt, this.#slots, this.#message.line);
    }
    return this.#context;
  }

  /** Waits for something of the current item, unless an error that it raises on the side ends it first. */
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
      this.#failCurrent = fail;
      void follow();
    });
    this.#failCurrent = undefined;
    if (failure !== undefined) throw failure.thrown;
    return outcome as Awaited<T>;
  }

  /** Fires the signal of the item that runs now. */
  abort(): void {
    if (isAborted(this.#slots, this.#message.line)) this.#context.abort();
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
    try {
      // A chain waits for its stages, one by one.
      const value = this.chain === undefined ? await this.interruptible(pending) : await pending;
      // An async function may return a generator, which expands like any other.
      this.#succeed(isGenerator(value) ? await expandGenerator(value) : value);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #mark(mark: Mark): void {
    this.marks[this.marks.length] = mark;
  }

  #succeed(value: unknown): void {
    const at = this.values.length;
    if (this.chain !== undefined) {
      this.#succeedChain(this.chain, at);
    } else if (value === skip) {
      this.values.addNothing();
      this.#mark({ at, kind: 'skipped' });
    } else if (value === stop) {
      this.values.addNothing();
      this.#mark({ at, kind: 'stopped' });
      this.#finish();
    } else if (typeof value === 'object' && value !== null && Expansion.is(value)) {
      this.values.add(value.results);
      this.bytes += estimateBytes(value.results);
      this.#mark({ at, kind: 'expanded', stopped: value.stopped });
      if (value.stopped) this.#finish();
    } else {
      if (typeof value === 'number') this.values.addNumber(value);
      else this.values.add(value);
      this.bytes += this.#sizes.estimate(value, at);
    }
    // A message that grows too large holds up both threads: the rest goes back.
    if (this.bytes > LARGEST_ANSWER && !this.#message.isBound) this.#finish();
  }

  /** Notes that an item went through the chain, whose own collection has its results. */
  #succeedChain(chain: Chain, at: number): void {
    this.values.addNothing();
    this.bytes = chain.bytes;
    if (!chain.isStopped) return;
    this.#mark({ at, kind: 'expanded', stopped: true });
    this.#finish();
  }

  #fail(thrown: unknown): void {
    // Only what a chain throws is asked: what a task throws may be a proxy that must not be touched.
    if (this.chain !== undefined && thrown instanceof StageStop) {
      this.#mark({ at: this.values.length, kind: 'stage-failed', failure: thrown.failure });
      this.values.addNothing();
      // The run ends with the stage that failed.
      this.#finish();
      return;
    }
    this.#mark({
      at: this.values.length,
      kind: 'failed',
      thrown: outsideUserland(() => encodeThrown(thrown)),
    });
    this.values.addNothing();
  }
}
