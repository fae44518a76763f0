import type { ItemError } from '../../errors/item-errors.ts';
import { describeThrown } from '../../wire/values/error.ts';
import { type CloneAttempt, findUncloneable, isOverflow, TOO_DEEP } from '../../wire/values/uncloneable.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import type { SessionEnd } from '../hosts/host.ts';
import type { LostStage, SentChunk } from '../work/work.ts';
import { type FailedAt, type Failures, findItem } from './failures.ts';
import type { RunCounts } from '../outcome/run-counts.ts';

/** Number of losses, before any item began, after which a chunk is taken apart or a single item is given up. */
const MOST_LOSSES = 3;
/** Deaths of workers while they load the task that are no longer taken for chance. */
const MOST_LOAD_LOSSES = 2;
/** Most workers in a row that something may hold up, with nothing run between, before it is more than a stray. */
const MOST_BLOCKS = 5;

const HELD_UP: SessionEnd = {
  kind: 'crash',
  thrown: new Error(`${MOST_BLOCKS} workers in a row did not begin what they were sent`),
};

/** Makes the error of an item. */
export type MakeError = (at: FailedAt) => ItemError;

/** Operations of a run that its recovery may call. */
export interface RecoveredRun {
  giveBack(chunk: Chunk): void;
  /** Settles an item that has failed for good. */
  settle(at: FailedAt, error: ItemError): void;
  /** @param makeError - Makes the error of the item once more, where the call has another name for it by then. */
  retry(sent: SentChunk, at: number, error: ItemError, makeError: MakeError): boolean;
}

/** Decides what becomes of the items of a chunk that went wrong as a whole: who is to blame, and who runs again. */
export class Recovery {
  readonly #failures: Failures;
  readonly #counts: RunCounts;
  readonly #run: RecoveredRun;
  /** Reason why the task can never be loaded, once there is one. */
  #dead: { readonly thrown: unknown } | undefined;
  #blocks = 0;
  #loadLosses = 0;

  constructor(failures: Failures, counts: RunCounts, run: RecoveredRun) {
    this.#failures = failures;
    this.#counts = counts;
    this.#run = run;
  }

  /** Whether the task ended a worker that loaded it. */
  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  /** Notes that some items ran, so that workers held up before no longer count. */
  noteProgress(): void {
    this.#blocks = 0;
  }

  /** Fails the items of a chunk whose task could not be loaded: none of them can run, here or elsewhere. */
  afterLoad(chunk: Chunk, thrown: unknown): void {
    this.#failChunk(chunk, (failed) => this.#failures.ofLoad(failed, thrown));
  }

  /** Fails a chunk of a task that killed its worker while it was loaded: it would kill the next. */
  failIfDead(chunk: Chunk): boolean {
    const dead = this.#dead;
    if (dead === undefined) return false;
    this.afterLoad(chunk, dead.thrown);
    return true;
  }

  /** Handles a chunk that could not be sent, or read: the items that are to blame fail, the others go again. */
  afterClone(chunk: Chunk, reason: unknown, attempt?: CloneAttempt): void {
    this.#blame(chunk, reason, chunk.items.length === 1, attempt);
  }

  /**
   * Handles a chunk that its worker could not decode. Items that others took over were in the message as well, so what
   * is left is to blame only if the message had a single item.
   */
  afterUndecodable(sent: SentChunk, reason: unknown): void {
    this.#blame(sliceChunk(sent.chunk, 0, sent.end), reason, sent.chunk.items.length === 1);
  }

  #blame(chunk: Chunk, reason: unknown, isAlone: boolean, attempt?: CloneAttempt): void {
    const { items } = chunk;
    let hasFound = false;
    const whole: [number, number][] = [];
    let from = 0;
    for (let at = 0; at < items.length; at++) {
      const found =
        findUncloneable(items[at], 'item', attempt) ??
        (isAlone ? { path: 'item', reason: String(reason) } : undefined);
      if (found === undefined) continue;
      hasFound = true;
      const failed = findItem(chunk, at, chunk.attempt - 1);
      this.#run.settle(failed, this.#failures.ofClone(failed, 'item', found));
      whole.push([from, at]);
      from = at + 1;
    }
    if (hasFound) whole.push([from, items.length]);
    // No item is at fault alone, so each goes by itself, and the culprit will show.
    else return this.#giveBackSingly(chunk);
    for (const [start, end] of whole) this.#run.giveBack(sliceChunk(chunk, start, end));
  }

  /**
   * Handles an answer that could not be read: an item that was alone in its chunk is to blame, others show it by
   * running alone.
   */
  afterUnreadable(sent: SentChunk, reason: unknown): void {
    const chunk = sliceChunk(sent.chunk, 0, sent.end);
    for (let at = 0; at < chunk.items.length; at++) {
      if (chunk.items.length > 1 && sent.transferred?.has(at) !== true) {
        this.#counts.repeated++;
        this.#run.giveBack(sliceChunk(chunk, at, at + 1));
        continue;
      }
      const failed = findItem(chunk, at, chunk.attempt);
      const found = { path: 'result', reason: isOverflow(reason) ? TOO_DEEP : describeThrown(reason) };
      this.#run.settle(failed, this.#failures.ofClone(failed, 'result', found));
    }
  }

  /** Handles a chunk whose worker died while it had the chunk. */
  afterLoss(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    const chunk = sliceChunk(sent.chunk, 0, sent.end);
    if (end.kind === 'suspended') return this.#loseSuspended(chunk, end, stage);
    if (stage === 'loading') {
      // A worker that we stopped was stopped for its own limit; one that died may have died of anything, such as a lack
      // of memory.
      if (end.kind !== 'terminated' && ++this.#loadLosses < MOST_LOAD_LOSSES) {
        this.#run.giveBack(chunk);
        return;
      }
      this.#dead = { thrown: this.#failures.describeEnd(end, 'while it loaded the task') };
      this.failIfDead(chunk);
      return;
    }
    if (
      stage === 'blocked' &&
      ++this.#blocks > MOST_LOSSES &&
      chunk.items.length > 1 &&
      sent.transferred === undefined
    ) {
      this.#giveBackSingly(chunk);
      return;
    }
    if (stage === 'blocked' && this.#blocks > MOST_BLOCKS) {
      this.#failChunk(chunk, (context) => this.#failures.ofWorker(context, HELD_UP));
      return;
    }
    if (sent.transferred !== undefined) this.#loseTransferred(sent, chunk, end, stage);
    else if (typeof stage === 'number') this.#loseItem(sent, chunk, end, stage);
    else if (typeof stage === 'object') {
      this.#counts.repeated += countStarted(stage);
      if ('spared' in stage) this.#run.giveBack(chunk);
      else if ('unheard' in stage) this.#loseUncertain(chunk, end);
      else this.#giveBackSingly(chunk);
    } else if (stage === 'waiting' && end.kind !== 'ended') this.#loseUncertain(chunk, end);
    else this.#run.giveBack(chunk);
  }

  /**
   * Gives back a chunk whose worker's process was stopped by a signal: a stop is nobody's crash, unless nothing ever
   * comes to run for it.
   */
  #loseSuspended(chunk: Chunk, end: SessionEnd, stage: LostStage): void {
    if (typeof stage === 'object' && 'spared' in stage) this.#counts.repeated += stage.spared;
    if (stage === 'queued' || ++this.#blocks <= MOST_BLOCKS) {
      this.#run.giveBack(chunk);
    } else if (stage === 'loading') {
      this.#dead = { thrown: this.#failures.describeEnd(end, 'each time while it loaded the task') };
      this.failIfDead(chunk);
    } else {
      this.#failChunk(chunk, (failed) => this.#failures.ofWorker(failed, HELD_UP));
    }
  }

  /**
   * Handles a chunk whose worker died before it began, or behind its answer: by chance, or because of an item that it
   * could not take in, or that loses what the worker says.
   */
  #loseUncertain(chunk: Chunk, end: SessionEnd): void {
    const losses = chunk.losses + 1;
    if (losses < MOST_LOSSES) this.#run.giveBack({ ...chunk, losses });
    else if (chunk.items.length > 1) this.#giveBackSingly({ ...chunk, losses: 1 });
    else this.#failChunk(chunk, (failed) => this.#failures.ofWorker(failed, end));
  }

  /**
   * Fails the item that the worker was on, and the items past their time; the others run again. A worker that we
   * stopped was stopped for an item past its time: it may have come to the next item before it was gone.
   */
  #loseItem(sent: SentChunk, chunk: Chunk, end: SessionEnd, current: number): void {
    const blamed = [...sent.late].filter((at) => at < current);
    if (end.kind !== 'terminated' || sent.late.has(current)) blamed.push(current);
    let from = 0;
    for (const at of blamed.sort((a, b) => a - b)) {
      const failed = findItem(chunk, at, chunk.attempt, at === current ? sent.place : undefined);
      const makeError = (where: FailedAt): ItemError =>
        sent.late.has(at) ? this.#failures.ofTimeout(where) : this.#failures.ofWorker(where, end);
      const error = makeError(failed);
      if (!this.#run.retry(sent, at, error, makeError)) this.#run.settle(failed, error);
      this.#run.giveBack(sliceChunk(chunk, from, at));
      from = at + 1;
    }
    this.#counts.repeated += current - blamed.length + (blamed.includes(current) ? 1 : 0);
    this.#run.giveBack(sliceChunk(chunk, from, chunk.items.length));
  }

  /** Fails the items whose buffers went to the worker, and were lost with it. */
  #loseTransferred(sent: SentChunk, chunk: Chunk, end: SessionEnd, stage: LostStage): void {
    for (let at = 0; at < chunk.items.length; at++) {
      const part = sliceChunk(chunk, at, at + 1);
      if (sent.transferred?.has(at) !== true && at !== stage) {
        this.#run.giveBack(part);
        continue;
      }
      // Items behind the current one had not started.
      const attempts = chunk.attempt - (at < countStarted(stage) ? 0 : 1);
      // The item itself is left out, since its buffers are empty here.
      const failed = { index: indexOf(chunk, at), attempts, place: at === stage ? sent.place : undefined };
      const error = sent.late.has(at)
        ? this.#failures.ofTimeout(failed)
        : this.#failures.ofWorker(failed, end, at === stage ? 'on it' : 'with it');
      this.#run.settle(failed, error);
    }
  }

  /** Gives each item back by itself, so that the one at fault shows. */
  #giveBackSingly(chunk: Chunk): void {
    for (let at = 0; at < chunk.items.length; at++) this.#run.giveBack(sliceChunk(chunk, at, at + 1));
  }

  /** Fails all items of a chunk, none of which was started by this try. */
  #failChunk(chunk: Chunk, makeError: MakeError): void {
    for (let at = 0; at < chunk.items.length; at++) {
      const failed = findItem(chunk, at, chunk.attempt - 1);
      this.#run.settle(failed, makeError(failed));
    }
  }
}

function countStarted(stage: LostStage): number {
  if (typeof stage !== 'object') return typeof stage === 'number' ? stage + 1 : 0;
  if ('unheard' in stage) return stage.unheard;
  return 'ran' in stage ? stage.ran : stage.spared;
}
