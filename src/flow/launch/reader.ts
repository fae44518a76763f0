import { createDeferred, type Deferred } from '../../async/deferred.ts';
import { Backlog } from './backlog.ts';
import type { LaunchedRun } from './launch.ts';
import type { Run } from '../run/run.ts';
import type { Receiver } from '../outcome/ledger.ts';
import { type Outcome, releaseSegment, type Segment } from '../outcome/segment.ts';
import { Window } from './window.ts';

/** A reader that never waits for anything else lets the event loop turn after this many ms. */
const LONGEST_TURN = 5;

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The reader's end of a streaming run. Results wait here until they are read, and no more items leave the source
 * than the reader is likely to take soon.
 */
export class Reader<R> implements AsyncIterator<R, undefined>, Receiver {
  readonly #open: (reader: Reader<R>) => LaunchedRun;
  readonly #segments: Segment[] = [];
  readonly #waiting: Deferred<IteratorResult<R, undefined>>[] = [];
  #run: Run | undefined;
  #isDone = false;
  #failure: { readonly reason: unknown } | undefined;

  // State of the segment that is being read.
  #segment: Segment | undefined;
  #at = 0;
  #expanded: readonly unknown[] | undefined;
  #expandedAt = 0;

  readonly #backlog = new Backlog(new Window());

  // State that keeps the event loop turning.
  #turnReads = 0;
  #turnStart = 0;

  constructor(open: (reader: Reader<R>) => LaunchedRun) {
    this.#open = open;
  }

  /** Whether the reader has nothing at hand. */
  get isWaiting(): boolean {
    return this.#segment === undefined && this.#segments.length === 0;
  }

  /** Returns how many more items may leave the source. */
  room(): number {
    return this.#backlog.room();
  }

  deliver(segment: Segment): void {
    this.#backlog.add(segment.bytes);
    this.#segments.push(segment);
    while (this.#waiting.length > 0) {
      const result = this.#take();
      if (result === undefined) return;
      this.#waiting.shift()?.resolve(result);
    }
  }

  next(): Promise<IteratorResult<R, undefined>> {
    const segment = this.#segment;
    // The usual case takes a short way: 10 ns that the million results share.
    if (segment !== undefined && segment.outcomes === undefined && this.#at < segment.values.length - 1) {
      const result = { done: false as const, value: segment.values[this.#at++] as R };
      this.#backlog.take(1);
      return this.#isTurnLong() ? this.#afterTurn(result) : Promise.resolve(result);
    }
    if (this.#run === undefined && !this.#isDone) this.#start();
    if (this.#waiting.length === 0) {
      const result = this.#take();
      if (result !== undefined) return this.#isTurnLong() ? this.#afterTurn(result) : Promise.resolve(result);
      if (this.#isDone) return this.#finish();
    }
    const deferred = createDeferred<IteratorResult<R, undefined>>();
    this.#waiting.push(deferred);
    return deferred.promise;
  }

  async return(): Promise<IteratorResult<R, undefined>> {
    const wasOpen = !this.#isDone;
    this.#isDone = true;
    this.#segments.length = 0;
    this.#segment = undefined;
    this.#expanded = undefined;
    this.#failure = undefined;
    // What ended the run before is no fault of the reader who leaves; a source that fails to close now is.
    if (wasOpen) await this.#run?.stop();
    return END;
  }

  #start(): void {
    let launched: LaunchedRun;
    try {
      launched = this.#open(this);
    } catch (thrown) {
      this.#close({ reason: thrown });
      return;
    }
    const { run, begin } = launched;
    this.#run = run;
    this.#backlog.attach(run);
    begin();
    run.finished.then(
      () => this.#close(undefined),
      (reason: unknown) => this.#close({ reason }),
    );
  }

  #close(failure: { readonly reason: unknown } | undefined): void {
    if (!this.#isDone) this.#failure = failure;
    this.#isDone = true;
    for (const waiting of this.#waiting.splice(0)) this.#finish().then(waiting.resolve, waiting.reject);
  }

  /** Returns what a reader is told behind the last result: the failure once, then the end. */
  #finish(): Promise<IteratorResult<R, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure === undefined ? Promise.resolve(END) : Promise.reject(failure.reason as Error);
  }

  #take(): IteratorResult<R, undefined> | undefined {
    for (;;) {
      if (this.#expanded !== undefined) {
        if (this.#expandedAt < this.#expanded.length) {
          return { done: false, value: this.#expanded[this.#expandedAt++] as R };
        }
        this.#expanded = undefined;
        this.#pass();
      }
      const segment = this.#segment ?? this.#nextSegment();
      if (segment === undefined) return undefined;
      const at = this.#at++;
      const value = segment.values[at];
      const outcome = segment.outcomes?.get(at);
      if (outcome === undefined) {
        this.#pass();
        return { done: false, value: value as R };
      }
      this.#takeSpecial(outcome, value);
    }
  }

  #takeSpecial(outcome: Outcome, value: unknown): void {
    if (outcome.kind === 'expanded') {
      this.#expanded = value as readonly unknown[];
      this.#expandedAt = 0;
    } else {
      this.#pass();
    }
  }

  /** Notes that one item is behind the reader. */
  #pass(): void {
    const segment = this.#segment;
    if (segment !== undefined && this.#at >= segment.values.length) {
      this.#backlog.release(segment.bytes);
      this.#segment = undefined;
      releaseSegment(segment);
    }
    this.#backlog.take(1);
  }

  #nextSegment(): Segment | undefined {
    this.#segment = this.#segments.shift();
    this.#at = 0;
    return this.#segment;
  }

  #isTurnLong(): boolean {
    if ((++this.#turnReads & 255) !== 0) return false;
    const now = performance.now();
    if (this.#turnReads === 256) this.#turnStart = now;
    return now - this.#turnStart > LONGEST_TURN;
  }

  /**
   * Resolves in a later turn: a loop over results that are at hand runs in microtasks alone, which would keep messages
   * and timers out.
   */
  #afterTurn(result: IteratorResult<R, undefined>): Promise<IteratorResult<R, undefined>> {
    this.#turnReads = 0;
    return new Promise((resolve) => {
      setImmediate(() => resolve(result));
    });
  }
}
