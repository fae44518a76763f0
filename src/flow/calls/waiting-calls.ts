import type { AsyncContext } from '../../async/async-context.ts';
import type { CallSite } from '../../errors/call-site.ts';
import type { RetryPolicy } from '../../options/retries.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import { type Chunk, sliceChunk } from '../chunk/chunk.ts';
import type { Sizer } from '../chunk/sizing.ts';

/** One call of a task that waits for its outcome. */
export interface Call {
  readonly args: readonly unknown[];
  /** Bytes that the arguments take, about. */
  readonly bytes: number;
  readonly policy: RetryPolicy;
  readonly site: CallSite;
  /** Context of the caller, in which what is the caller's runs. */
  readonly context: AsyncContext;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Milliseconds that calls which travel together should take: the first of them is answered with the last. */
export const CALLS_TIME = 1;
/** The most bytes of arguments in one message. */
const LARGEST = 64 * 1024;
/** Number of messages for each worker over which the calls that wait are spread. */
const SHARES = 2;

/** Calls that wait for a worker: new ones, and those that came back, which go first. */
export class WaitingCalls {
  readonly #sizer: Sizer;
  readonly #pool: Pick<WorkerPool, 'workers'>;
  #fresh: Call[] = [];
  /** Number of the new calls that have left, and the number of the first call that has not. */
  #taken = 0;
  #next = 0;
  readonly #returned: Chunk[] = [];

  /** @param pool - The pool over whose workers calls are spread, as many as it has by then. */
  constructor(sizer: Sizer, pool: Pick<WorkerPool, 'workers'>) {
    this.#sizer = sizer;
    this.#pool = pool;
  }

  get isEmpty(): boolean {
    return this.#taken === this.#fresh.length && this.#returned.length === 0;
  }

  /** Number of the calls that wait. */
  get count(): number {
    let count = this.#fresh.length - this.#taken;
    for (const { items } of this.#returned) count += items.length;
    return count;
  }

  /** Takes in a new call. Calls are numbered in the order in which they come. */
  add(call: Call): void {
    this.#fresh.push(call);
  }

  giveBack(chunk: Chunk): void {
    if (chunk.items.length > 0) this.#returned.push(chunk);
  }

  /** Takes the calls of the next message. */
  take(): Chunk | undefined {
    const returned = this.#returned.shift();
    if (returned !== undefined) return this.#takePart(returned);
    const waiting = this.#fresh.length - this.#taken;
    if (waiting === 0) return undefined;
    const most = Math.min(waiting, this.#choose(waiting));
    const items: (readonly unknown[])[] = [];
    let bytes = 0;
    while (items.length < most && bytes < LARGEST) {
      const call = this.#fresh[this.#taken++] as Call;
      bytes += call.bytes;
      items.push(call.args);
    }
    const chunk: Chunk = { index: this.#next, items, attempt: 1, losses: 0, moves: 0, isSole: false };
    this.#next += items.length;
    if (this.#taken === this.#fresh.length) {
      this.#fresh = [];
      this.#taken = 0;
    }
    return chunk;
  }

  clear(): void {
    this.#fresh = [];
    this.#taken = 0;
    this.#returned.length = 0;
  }

  /** Takes no more of what came back than a new message would hold: it came back since it took long. */
  #takePart(chunk: Chunk): Chunk {
    const { length } = chunk.items;
    const most = this.#choose(length);
    if (most >= length) return chunk;
    this.#returned.unshift(sliceChunk(chunk, most, length));
    return sliceChunk(chunk, 0, most);
  }

  #choose(waiting: number): number {
    const shares = SHARES * this.#pool.workers;
    // While nothing is known of the task, calls are spread evenly: a worker that has none takes over from others.
    if (this.#sizer.service === undefined) return Math.ceil(waiting / shares);
    return this.#sizer.chooseCount(waiting, shares);
  }
}
