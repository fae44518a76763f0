import { createDeferred } from '../../async/deferred.ts';
import { type Chunk, sliceChunk } from '../../flow/chunk/chunk.ts';
import type { Sizer } from '../../flow/chunk/sizing.ts';
import { identifyTask } from '../../flow/run/run-terms.ts';
import type { Strays, WorkQueue, WorkTerms } from '../../flow/work/work.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import type { ChunkOutput } from '../message/messages.ts';
import type { Limits } from '../tasks/identify.ts';
import { ChunkRecord } from './chunk-record.ts';

/** Terms of a call, as far as its items need them at a node. */
export interface CallTerms {
  /** Milliseconds that an item may take; of a pipeline, in each stage. */
  readonly limits: Limits;
  /** Whether an item is the list of the arguments of one call. */
  readonly areCalls: boolean;
  /** Value that the call gives to its tasks. */
  readonly store: CapturedTask | undefined;
}

/** Terms on which the chunks of a task run at a node. */
export interface RelayTerms extends CallTerms {
  readonly workers: number;
  /** The sizer of the task, which knows its service time from the chunks before. */
  readonly sizer: Sizer;
  /** Outcomes of some items from before, at another node. */
  readonly known?: Pick<ChunkOutput, 'pieces' | 'strays'> | undefined;
}

/**
 * A chunk of a cluster as the pool of its node knows it: work whose outcomes nobody looks at here. What the pool says of
 * each stretch of items is written down, and the caller is told it as if by a pool of its own: so order, retries, blame
 * and errors are decided in one place.
 */
export class Relay implements WorkQueue {
  readonly terms: WorkTerms;
  readonly isUnloadable = false;
  readonly isAwaited = true;
  readonly sizer: Sizer;
  readonly record: ChunkRecord;
  /** Called when there is something to hand out again: a pool asks nobody who had nothing, until it is told. */
  onBack: (() => void) | undefined;
  /** Chunks that are left to hand out, in order. */
  readonly #left: Chunk[];
  readonly #done = createDeferred();
  /** Number of items that workers have. */
  #running = 0;
  #isStopped = false;
  #isOver = false;

  constructor(definition: WorkDefinition, chunk: Chunk, terms: RelayTerms) {
    const { workers, limits, areCalls, store, sizer, known } = terms;
    this.terms = {
      definition,
      taskId: identifyTask(definition, store),
      store,
      areCalls,
      workers,
      timeout: findShortest(limits),
      limitOf: (stage) => (typeof limits === 'object' ? limits[stage] : limits),
      get service() {
        return sizer.itemTime;
      },
    };
    this.sizer = sizer;
    this.record = new ChunkRecord(chunk, known);
    this.#left = this.record.listLeft();
  }

  get strays(): Strays {
    return this.record.strays;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Returns whether something is left to hand out. */
  get hasLeft(): boolean {
    return this.#left.length > 0;
  }

  /** Resolves when nothing of the chunk runs any more. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  nextChunk(): Chunk | undefined {
    if (this.#isStopped || this.#isHeld) return undefined;
    let left = this.#left.shift();
    if (left === undefined) return undefined;
    // The record is looked through only where rows are to decide the header.
    const header = left.header === 'undecided' ? this.record.header : undefined;
    if (header !== undefined) left = { ...left, header };
    const { length } = left.items;
    const count = Math.min(length, this.sizer.chooseCount(length, 3 * this.terms.workers));
    this.#running += count;
    if (count === length) return left;
    this.#left.unshift(sliceChunk(left, count, length));
    return sliceChunk(left, 0, count);
  }

  /**
   * Whether the first row of the chunk may be among what runs: a worker gives back the rest of a chunk that takes long, and
   * its rows follow those before it.
   */
  get #isHeld(): boolean {
    return this.#left[0]?.header === 'undecided' && this.record.header === undefined && this.#running > 0;
  }

  giveBack(chunk: Chunk): void {
    this.#left.unshift(chunk);
    this.#settle(chunk.items.length);
    this.#offer();
  }

  /** Takes note that workers have so many items less. */
  release(count: number): void {
    this.#settle(count);
    // What was held may be handed out now.
    if (this.#left[0]?.header === 'undecided') this.#offer();
  }

  /** Hands nothing more out: what has not begun goes back to the caller. */
  stop(): void {
    this.#isStopped = true;
    this.#review();
  }

  /** Ends the chunk as it is. */
  end(): void {
    this.#isOver = true;
    this.#done.resolve();
  }

  #settle(count: number): void {
    this.#running -= count;
    this.#review();
  }

  /** Tells that something may be handed out. */
  #offer(): void {
    if (!this.#isStopped && !this.#isOver) this.onBack?.();
  }

  #review(): void {
    if (this.#running <= 0 && (this.#isStopped || !this.hasLeft)) this.end();
  }
}

function findShortest(limits: Limits): number | undefined {
  if (typeof limits !== 'object') return limits;
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
