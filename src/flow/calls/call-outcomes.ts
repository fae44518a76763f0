import { CloneError, ItemError } from '../../errors/item-errors.ts';
import { placeAt } from '../../errors/call-site.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import type { Sizer } from '../chunk/sizing.ts';
import { isNoExport, type FailedAt } from '../failure/failures.ts';
import { makeInternalError } from '../failure/internal-error.ts';
import { readOutcomes } from '../failure/read-outcomes.ts';
import { Recovery } from '../failure/recovery.ts';
import { Retries } from '../failure/retries.ts';
import { findDifference } from '../outcome/check-answer.ts';
import type { RunCounts } from '../outcome/run-counts.ts';
import type { Outcome } from '../outcome/segment.ts';
import type { Isolation } from '../run/isolation.ts';
import type { Refusal, SentChunk } from '../work/work.ts';
import type { Call } from './waiting-calls.ts';
import type { CallFailures } from './call-failures.ts';

/** The queue of the calls, which hands out what is to run again. */
export interface OutcomeQueue {
  readonly sizer: Sizer;
  readonly counts: RunCounts;
  readonly isolation: Isolation;
  /** Takes back calls that are to run again. */
  giveBack(chunk: Chunk): void;
  /** Hears that a call has its outcome. */
  settled(): void;
  /** Ends all calls with an error. */
  fail(reason: unknown): void;
}

/** Calls that have no outcome yet, by their number, and what becomes of each. */
export class CallOutcomes {
  readonly recovery: Recovery;
  readonly failures: CallFailures;
  /** Whether a worker has ended, or was held up, that had some of the calls. */
  hasLost = false;
  readonly #queue: OutcomeQueue;
  readonly #calls = new Map<number, Call>();
  /** Tries that calls wait for. */
  readonly #retries = new Map<Call, Retries>();
  #count = 0;

  constructor(queue: OutcomeQueue, failures: CallFailures) {
    this.#queue = queue;
    this.failures = failures;
    this.recovery = new Recovery(failures, queue.counts, {
      giveBack: (chunk) => queue.giveBack(chunk),
      settle: (at, error) => this.settle(at, error),
      retry: (sent, at, error) => this.#retry(sent, at, error),
    });
  }

  /** Number of calls without an outcome. */
  get pending(): number {
    return this.#calls.size;
  }

  /** Whether a call waits for its next try. */
  get isWaiting(): boolean {
    for (const { waiting } of this.#retries.values()) if (waiting > 0) return true;
    return false;
  }

  /** Takes in a call. Calls are numbered in the order in which they come. */
  add(call: Call): void {
    this.#calls.set(this.#count++, call);
  }

  find(number: number): Call | undefined {
    return this.#calls.get(number);
  }

  /** Ends all that waits for another try. */
  stopRetries(): void {
    for (const retries of this.#retries.values()) retries.close();
    this.#retries.clear();
  }

  answered(sent: SentChunk, answer: AnswerMessage): void {
    const { ran, encoded, compute, bytes } = answer;
    if (ran > 0) this.recovery.noteProgress();
    const values = unpackValues(answer.values);
    const difference = findDifference(sent, answer, values.length);
    if (difference !== undefined) {
      this.#queue.fail(makeInternalError(difference));
      return;
    }
    this.#queue.sizer.learn(ran, ran, compute, bytes);
    const isPlain = encoded === undefined && sent.late.size === 0;
    const outcomes = isPlain ? undefined : readOutcomes(this.failures, sent, answer);
    for (let at = 0; at < ran; at++) this.#put(sent, at, values[at], outcomes?.get(at));
  }

  refused(sent: SentChunk, refusal: Refusal): void {
    const chunk = sliceChunk(sent.chunk, 0, sent.end);
    if (refusal.kind === 'uncloneable') this.recovery.afterClone(chunk, refusal.reason, refusal.attempt);
    else if (refusal.kind === 'undecodable') this.recovery.afterUndecodable(sent, refusal.reason);
    // A missing export is a mistake that every call of the task would repeat.
    else if (isNoExport(refusal.reason))
      this.failAll(() => this.failures.ofExport(0, refusal.reason as Error));
    else this.recovery.afterLoad(chunk, refusal.reason);
  }

  /** Settles a call that has failed for good. */
  settle({ index }: FailedAt, error: ItemError): void {
    const call = this.#take(index);
    if (call === undefined) return;
    call.reject(placeAt(error, call.site));
    this.#queue.settled();
  }

  /** Rejects all calls. An error is made for each, so that each has the stack of its own call. */
  failAll(makeReason: (call: Call) => unknown): void {
    this.stopRetries();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) {
      const reason = makeReason(call);
      call.reject(reason instanceof ItemError ? placeAt(reason, call.site) : reason);
    }
    this.#queue.settled();
  }

  #put(sent: SentChunk, at: number, value: unknown, outcome: Outcome | undefined): void {
    if (outcome?.kind === 'failed') {
      const { error } = outcome;
      if (!this.#retry(sent, at, error)) this.settle({ index: indexOf(sent.chunk, at), attempts: 0 }, error);
      return;
    }
    const call = this.#take(indexOf(sent.chunk, at));
    if (call === undefined) return;
    const isValue = outcome === undefined || outcome.kind === 'expanded';
    call.resolve(isValue ? value : undefined);
    this.#queue.settled();
  }

  #take(number: number): Call | undefined {
    const call = this.#calls.get(number);
    if (call === undefined) return undefined;
    this.#calls.delete(number);
    this.#retries.delete(call);
    return call;
  }

  /** Tries a failed call again, if that may be. A value that cannot cross will not cross the second time. */
  #retry(sent: SentChunk, at: number, error: ItemError): boolean {
    const number = indexOf(sent.chunk, at);
    const call = this.#calls.get(number);
    if (call === undefined) return true;
    if (error instanceof CloneError || sent.transferred?.has(at) === true) return false;
    placeAt(error, call.site);
    try {
      const isTried =
        call.policy.most > 0 && call.context(() => this.#retriesOf(call).retry(sent.chunk, at, error));
      return isTried || this.#queue.isolation.retry(sent, at, error);
    } catch (thrown) {
      // The caller's own rules have thrown.
      this.#take(number);
      call.reject(thrown);
      this.#queue.settled();
      return true;
    }
  }

  #retriesOf(call: Call): Retries {
    let retries = this.#retries.get(call);
    if (retries === undefined) {
      retries = new Retries(call.policy, (chunk) => this.#queue.giveBack(chunk));
      this.#retries.set(call, retries);
    }
    return retries;
  }
}
