import { createDeferred } from '../../deferred.ts';
import type { TelarError } from '../../errors.ts';
import type { RetryPolicy } from '../../options.ts';
import type { TaskDefinition } from '../../task/definition.ts';
import { decodeThrown, type EncodedThrown } from '../../wire/error.ts';
import type { AnswerMessage } from '../../wire/message.ts';
import { unpackValues } from '../../wire/pack.ts';
import { findUncloneable } from '../../wire/uncloneable.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import type { Dispatch } from '../pool/dispatch.ts';
import { type CallSite, Failures } from './failures.ts';
import type { SessionEnd } from '../pool/host.ts';
import { type Note, Reorder, type Segment, sliceSegment } from './reorder.ts';
import { Sizer } from '../chunk/sizing.ts';
import type { Source } from '../source/source.ts';
import { type DeclaredCosts, Supply } from '../chunk/supply.ts';
import { RunTally } from './tally.ts';
import type { LostStage, SentChunk, Work } from '../pool/work.ts';

/** What one call wants of the engine. */
export interface RunPlan {
  readonly source: Source;
  readonly declared: DeclaredCosts | undefined;
  readonly workers: number;
  readonly chunkSize: number | undefined;
  readonly timeout: number | undefined;
  readonly retries: RetryPolicy;
  /** Whether outcomes are delivered in input order, or as they come. */
  readonly isOrdered: boolean;
  /** What a failed item does: ends the run at once, ends it in its turn, or is an outcome like any other. */
  readonly onFailure: 'reject' | 'reject-in-turn' | 'keep';
  /** How many more items may leave the source. `@defaultValue` no limit */
  readonly room: (() => number) | undefined;
  readonly deliver: (segment: Segment) => void;
  /** Whether a reader waits for a result. `@defaultValue` always */
  readonly isAwaited: (() => boolean) | undefined;
  /** Something was settled. */
  readonly onChange: (() => void) | undefined;
  /** The run is over; it settles when this has. */
  readonly onEnd: (run: Run) => Promise<void> | void;
  readonly signal: AbortSignal | undefined;
  readonly callSite: CallSite;
}

/** A chunk that was lost this often before any of its items began is given up. */
const MOST_LOSSES = 3;

/** One call on its way: items out of the source, chunks to the workers, outcomes back in order. */
export class Run implements Work {
  readonly tally: RunTally = new RunTally();
  readonly supply: Supply;
  readonly reorder: Reorder;
  readonly workers: number;
  readonly timeout: number | undefined;
  taskId = -1;
  definition: TaskDefinition | undefined;

  readonly #plan: RunPlan;
  readonly #dispatch: Dispatch;
  readonly #failures: Failures;
  readonly #finished = createDeferred();
  readonly #retryTimers = new Set<NodeJS.Timeout>();
  readonly #onAbort = (): void => this.#end({ reason: this.#plan.signal?.reason });
  /** How many positions have their outcome. */
  #settled = 0;
  /** Nothing at or behind this position counts: an item there said `stop`, or failed. */
  #halt = Infinity;
  #haltError: TelarError | undefined;
  /** Why the task can never be loaded. */
  #unloadable: { readonly thrown: unknown } | undefined;
  #isOver = false;

  constructor(plan: RunPlan, dispatch: Dispatch) {
    this.#plan = plan;
    this.#dispatch = dispatch;
    this.workers = plan.workers;
    this.timeout = plan.timeout;
    this.#failures = new Failures(plan.callSite, plan.timeout);
    this.supply = new Supply(
      plan.source,
      new Sizer(plan.chunkSize),
      plan.declared,
      (index, thrown) =>
        this.#settle(index, { kind: 'failed', error: this.#failures.ofPromise(index, thrown) }, 0),
      () => dispatch.wake(this),
    );
    this.reorder = new Reorder((segment) => this.#deliver(segment));
  }

  get service(): number | undefined {
    return this.supply.sizer.itemTime;
  }

  get isAwaited(): boolean {
    return this.#plan.isAwaited?.() ?? true;
  }

  /** Resolves when all outcomes were delivered and nothing of the run is left; rejects with what ended it. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Begins: workers start now, chunks follow once the task is known. */
  open(): void {
    const { signal } = this.#plan;
    const { remaining } = this.#plan.source;
    this.#dispatch.attach(this, Math.min(this.workers, remaining ?? this.workers));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  start(definition: TaskDefinition): void {
    this.definition = definition;
    this.taskId = identifyTask(definition);
    this.#dispatch.wake(this);
  }

  /** The reader has made room. */
  wake(): void {
    this.#dispatch.wake(this);
  }

  /** Ends the run as done: the reader wants no more. */
  stop(): Promise<void> {
    this.#end(undefined);
    return this.finished;
  }

  /** Ends the run with an error. */
  fail(reason: unknown): void {
    this.#end({ reason });
  }

  nextChunk(): Chunk | undefined {
    if (this.#isOver || this.definition === undefined) return undefined;
    const room = this.#halt === Infinity ? (this.#plan.room?.() ?? Infinity) : 0;
    let chunk: Chunk | undefined;
    try {
      chunk = this.supply.take(room, this.workers * 3);
    } catch (thrown) {
      this.#end({ reason: thrown });
      return undefined;
    }
    if (chunk === undefined) {
      this.#checkEnd();
      return undefined;
    }
    if (this.#unloadable !== undefined) {
      this.#failChunk(chunk, (index) => this.#failures.ofLoad(index, this.#unloadable?.thrown));
      // One chunk a turn, so that an endless source does not hold up the event loop.
      setImmediate(() => this.#dispatch.wake(this));
      return undefined;
    }
    return chunk;
  }

  giveBack(chunk: Chunk): void {
    if (this.#isOver) return;
    this.supply.giveBack(chunk);
    this.#dispatch.wake(this);
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.tally.addChunk(answer, busy);
    const { ran } = answer;
    if (this.#isOver || ran === 0) return;
    const { chunk } = sent;
    this.supply.sizer.learn(ran, this.supply.countUnits(chunk, ran), answer.compute, answer.bytes);
    const values = unpackValues(answer.values);
    const { attempt } = chunk;
    if (answer.marks === undefined && sent.late.size === 0 && typeof chunk.index === 'number') {
      if (ran === chunk.items.length) this.supply.recycle(chunk);
      this.#put({ index: chunk.index, values, notes: undefined, attempt, bytes: answer.bytes, isSole: true });
      return;
    }
    const notes = new Map<number, Note>();
    const retried = new Set<number>();
    for (const mark of answer.marks ?? []) {
      const index = indexOf(chunk, mark.at);
      const context = { index, attempts: attempt };
      switch (mark.kind) {
        case 'failed':
          notes.set(mark.at, {
            kind: 'failed',
            error: this.#failures.ofTask(context, decodeThrown(mark.thrown)),
          });
          break;
        case 'uncloneable':
          notes.set(mark.at, { kind: 'failed', error: this.#failures.ofClone(context, 'result', mark) });
          break;
        default:
          notes.set(mark.at, mark);
      }
    }
    for (const at of sent.late) {
      if (at < ran) notes.set(at, { kind: 'failed', error: this.#failures.ofTimeout(chunk, at) });
    }
    for (const [at, note] of notes) {
      if (note.kind === 'failed' && this.#retry(sent, at, note.error)) retried.add(at);
    }
    this.#putAround(chunk, values, notes, retried, answer.bytes);
  }

  unloadable(sent: SentChunk, thrown: unknown): void {
    if (this.#isOver) return;
    this.#failChunk(sliceChunk(sent.chunk, 0, sent.end), (index) => this.#failures.ofLoad(index, thrown));
  }

  uncloneable(chunk: Chunk, reason: unknown): void {
    if (this.#isOver) return;
    const { items } = chunk;
    let hasFound = false;
    const whole: [number, number][] = [];
    let from = 0;
    for (let at = 0; at < items.length; at++) {
      const found =
        findUncloneable(items[at], 'item') ??
        (items.length === 1 ? { path: 'item', reason: String(reason) } : undefined);
      if (found === undefined) continue;
      hasFound = true;
      const context = { index: indexOf(chunk, at), attempts: chunk.attempt };
      this.#settle(
        context.index,
        { kind: 'failed', error: this.#failures.ofClone(context, 'item', found) },
        chunk.attempt,
      );
      whole.push([from, at]);
      from = at + 1;
    }
    if (hasFound) whole.push([from, items.length]);
    // No item is at fault alone: each goes by itself, and the culprit will show.
    else for (let at = 0; at < items.length; at++) whole.push([at, at + 1]);
    for (const [start, end] of whole) this.giveBack(sliceChunk(chunk, start, end));
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    if (this.#isOver) return;
    const chunk = sliceChunk(sent.chunk, 0, sent.end);
    if (stage === 'loading') {
      this.#unloadable = { thrown: this.#failures.describeEnd(end, 'while it loaded the task') };
      this.#failChunk(chunk, (index) => this.#failures.ofLoad(index, this.#unloadable?.thrown));
      this.#dispatch.wake(this);
      return;
    }
    if (sent.transferred !== undefined) this.#loseTransferred(sent, chunk, end, stage);
    else if (typeof stage === 'number') this.#loseItem(sent, chunk, end, stage);
    else if (stage === 'waiting' && end.kind !== 'ended' && chunk.losses + 1 >= MOST_LOSSES) {
      this.#failChunk(chunk, (index) => this.#failures.ofWorker({ index, attempts: 0 }, end));
    } else this.giveBack({ ...chunk, losses: chunk.losses + (stage === 'waiting' ? 1 : 0) });
  }

  strayed(index: number | undefined, thrown: EncodedThrown): void {
    this.tally.strays++;
    this.#failures.warnOfStray(index, decodeThrown(thrown));
  }

  /** The item that the worker was on has failed; the others run again. */
  #loseItem(sent: SentChunk, chunk: Chunk, end: SessionEnd, current: number): void {
    this.tally.repeated += current;
    const context = { index: indexOf(chunk, current), attempts: chunk.attempt };
    const error = sent.late.has(current)
      ? this.#failures.ofTimeout(chunk, current)
      : this.#failures.ofWorker(context, end);
    if (!this.#retry(sent, current, error))
      this.#settle(context.index, { kind: 'failed', error }, chunk.attempt);
    this.giveBack(sliceChunk(chunk, 0, current));
    this.giveBack(sliceChunk(chunk, current + 1, chunk.items.length));
  }

  /** Items whose buffers went to the worker went with it. */
  #loseTransferred(sent: SentChunk, chunk: Chunk, end: SessionEnd, stage: LostStage): void {
    for (let at = 0; at < chunk.items.length; at++) {
      const part = sliceChunk(chunk, at, at + 1);
      if (sent.transferred?.has(at) !== true && at !== stage) {
        this.giveBack(part);
        continue;
      }
      const context = { index: indexOf(chunk, at), attempts: chunk.attempt };
      const error = sent.late.has(at)
        ? this.#failures.ofTimeout(chunk, at)
        : this.#failures.ofWorker(context, end, at === stage ? 'on it' : 'with it');
      this.#settle(context.index, { kind: 'failed', error }, chunk.attempt);
    }
  }

  /** Tries a failed item again, if it may be. */
  #retry(sent: SentChunk, at: number, error: TelarError): boolean {
    const { retries } = this.#plan;
    if (this.#isOver || sent.chunk.attempt > retries.most || sent.transferred?.has(at) === true) return false;
    let delay: number;
    try {
      if (!this.#failures.isRetryable(error) || !retries.when(error)) return false;
      delay = retries.delay(sent.chunk.attempt);
    } catch (thrown) {
      this.#end({ reason: thrown });
      return true;
    }
    this.tally.retried++;
    const chunk = { ...sliceChunk(sent.chunk, at, at + 1), attempt: sent.chunk.attempt + 1 };
    if (delay <= 0) {
      this.giveBack(chunk);
      return true;
    }
    const timer = setTimeout(() => {
      this.#retryTimers.delete(timer);
      this.giveBack(chunk);
    }, delay);
    this.#retryTimers.add(timer);
    return true;
  }

  #failChunk(chunk: Chunk, makeError: (index: number) => TelarError): void {
    for (let at = 0; at < chunk.items.length && !this.#isOver; at++) {
      const index = indexOf(chunk, at);
      this.#settle(index, { kind: 'failed', error: makeError(index) }, chunk.attempt);
    }
  }

  #settle(index: number, note: Note, attempt: number): void {
    this.#put({ index, values: [undefined], notes: new Map([[0, note]]), attempt, bytes: 0, isSole: false });
  }

  /** Puts the outcomes of a chunk but for the items that are tried again. */
  #putAround(
    chunk: Chunk,
    values: ArrayLike<unknown>,
    notes: ReadonlyMap<number, Note>,
    without: ReadonlySet<number>,
    bytes: number,
  ): void {
    const { attempt, index } = chunk;
    if (typeof index !== 'number') {
      for (let at = 0; at < values.length; at++) {
        if (without.has(at)) continue;
        const note = notes.get(at);
        const own = note === undefined ? undefined : new Map([[0, note]]);
        this.#put({
          index: index[at] as number,
          values: [values[at]],
          notes: own,
          attempt,
          bytes: bytes / values.length,
          isSole: false,
        });
      }
      return;
    }
    const segment: Segment = { index, values, notes, attempt, bytes, isSole: without.size === 0 };
    let from = 0;
    for (const at of [...without].sort((a, b) => a - b)) {
      if (at > from) this.#put(sliceSegment(segment, from, at));
      from = at + 1;
    }
    if (from < values.length) this.#put(from === 0 ? segment : sliceSegment(segment, from, values.length));
  }

  #put(segment: Segment): void {
    if (this.#isOver) return;
    this.#settled += segment.values.length;
    this.tally.items += segment.values.length;
    for (const [at, note] of segment.notes ?? []) this.#consider(segment.index + at, note);
    if (this.#isOver) return;
    if (this.#plan.isOrdered) this.reorder.put(segment);
    else this.#deliver(segment);
    try {
      this.#plan.onChange?.();
    } catch (thrown) {
      this.#end({ reason: thrown });
    }
    this.#checkEnd();
  }

  /** What an outcome means for the run as a whole. */
  #consider(position: number, note: Note): void {
    const isStop = note.kind === 'stopped' || (note.kind === 'expanded' && note.stopped);
    if (note.kind === 'failed') {
      this.tally.failed++;
      if (this.#plan.onFailure === 'reject') this.#end({ reason: note.error });
      else if (this.#plan.onFailure === 'reject-in-turn') this.#haltAt(position, note.error);
    } else if (note.kind === 'skipped') {
      this.tally.skipped++;
    }
    // What a generator yielded before `stop` still counts.
    if (isStop) this.#haltAt(note.kind === 'expanded' ? position + 1 : position, undefined);
  }

  #haltAt(position: number, error: TelarError | undefined): void {
    if (position >= this.#halt) return;
    this.#halt = position;
    this.#haltError = error;
  }

  #deliver(segment: Segment): void {
    if (this.#isOver) return;
    const end = segment.index + segment.values.length;
    if (end <= this.#halt || !this.#plan.isOrdered) this.#plan.deliver(segment);
    else if (segment.index < this.#halt)
      this.#plan.deliver(sliceSegment(segment, 0, this.#halt - segment.index));
  }

  #checkEnd(): void {
    if (this.#isOver) return;
    const isHalted = this.#halt !== Infinity && (!this.#plan.isOrdered || this.reorder.next >= this.#halt);
    const isComplete =
      this.supply.isEnded && this.#retryTimers.size === 0 && this.#settled === this.supply.pulled;
    if (!isHalted && !isComplete) return;
    this.#end(this.#haltError === undefined ? undefined : { reason: this.#haltError });
  }

  #end(failure: { readonly reason: unknown } | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#plan.signal?.removeEventListener('abort', this.#onAbort);
    for (const timer of this.#retryTimers) clearTimeout(timer);
    void this.#release(failure);
  }

  async #release(failure: { readonly reason: unknown } | undefined): Promise<void> {
    let outcome = failure;
    const closing = this.supply.close().catch((thrown: unknown) => {
      outcome ??= { reason: thrown };
    });
    await this.#dispatch.withdraw(this);
    // A generator that waits for something cannot be closed before that is there: it is told, and not waited for.
    await raceTime(closing, this.#dispatch.limits.grace);
    this.#dispatch.detach(this);
    this.tally.end();
    try {
      await this.#plan.onEnd(this);
    } catch (thrown) {
      outcome ??= { reason: thrown };
    }
    if (outcome === undefined) this.#finished.resolve();
    else this.#finished.reject(outcome.reason);
  }
}

let nextTaskId = 0;
const referenceIds = new Map<string, number>();

/** References mean the same in every run, so workers keep what they loaded; a capture is new each time. */
function identifyTask(definition: TaskDefinition): number {
  if (definition.kind !== 'reference') return nextTaskId++;
  const key = `${definition.url}#${definition.name}`;
  let id = referenceIds.get(key);
  if (id === undefined) referenceIds.set(key, (id = nextTaskId++));
  return id;
}

async function raceTime(promise: Promise<void>, limit: number): Promise<void> {
  const late = createDeferred();
  const timer = setTimeout(late.resolve, limit);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}
