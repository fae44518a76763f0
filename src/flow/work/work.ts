import type { AsyncContext } from '../../async/async-context.ts';
import type { EncodedThrown } from '../../wire/values/error.ts';
import type { AnswerMessage, WorkDefinition } from '../../wire/message/message.ts';
import type { CloneAttempt } from '../../wire/values/uncloneable.ts';
import type { Line, Place } from '../../wire/slots/slot.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';

/** A chunk that a worker holds. */
export interface SentChunk {
  readonly id: number;
  readonly work: Work;
  readonly chunk: Chunk;
  readonly line: Line;
  /** Items from here on were taken back. */
  end: number;
  /** Positions of items whose buffers went along, so that they cannot run anywhere else. */
  transferred: ReadonlySet<number> | undefined;
  /** When the worker could begin it, in ms of `performance.now()`. */
  since: number;
  /** When its run asked for its end: when the worker is stopped unless it answers. */
  stopAt: number | undefined;
  /** Offsets of items that overran their time. */
  readonly late: Set<number>;
  /** In which stage the worker was when it died. */
  place: Place | undefined;
}

/**
 * How far a chunk had come when its worker ended. `'queued'`: another one was before it. `'blocked'`: something that had run there before held the worker up, so
 * that nothing of the chunk ran, or was reported. A number is the offset of the item it was on; with `ran`, that many
 * had run, and the results of one of them may have ended it; with `spared`, that many had begun when the worker was stopped
 * for the sake of another call.
 */
export type LostStage =
  | 'queued'
  | 'blocked'
  | 'waiting'
  | 'loading'
  | number
  | { readonly ran: number }
  | { readonly spared: number };

/**
 * Told of the errors that items of a run have left behind, also once the run is over: it holds nothing of the run but its
 * context, no source and no results.
 */
export interface Strays {
  /** How many there were. */
  count: number;
  /** @param index - The item that left it, where that is known. */
  add(index: number | undefined, thrown: EncodedThrown): void;
}

/** Something that has chunks to run: what the pool knows of a run. */
export interface Work {
  /** What a worker needs to have the task, and what it is known by there. */
  readonly definition: WorkDefinition | undefined;
  readonly taskId: number;
  /** The most workers it may use at once. */
  readonly workers: number;
  /** The shortest time limit that any of its stages has, in ms. */
  readonly timeout: number | undefined;
  /** Milliseconds that one item may take, in one of the stages of a pipeline; a single task has stage 0 only. */
  limitOf(stage: number): number | undefined;
  /** The estimated time of one item in ms, if known. */
  readonly service: number | undefined;
  /** Whether its task ended a worker that loaded it: no further worker is to try. */
  readonly isUnloadable: boolean;

  /** Whether somebody waits for results: while a slow reader has enough, there is no hurry to share work out. */
  readonly isAwaited: boolean;

  /** What its items have left behind. */
  readonly strays: Strays;

  /** Runs what may come to code of the caller, such as a getter of an item, in the context of its call. */
  readonly enter: AsyncContext;

  /** Whether nothing of it counts any more: nothing is sent for it, nor taken over. */
  readonly isOver: boolean;

  /** The next chunk for a worker, or `undefined` when there is none now; `Pool.wake` says when there is again. */
  nextChunk(): Chunk | undefined;
  /** Items that did not begin come back. */
  giveBack(chunk: Chunk): void;
  /** Outcomes of the first items of a chunk. The others have been given back already. */
  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void;
  /** The task cannot be loaded. */
  unloadable(sent: SentChunk, thrown: unknown): void;
  /** A chunk could not be encoded. */
  uncloneable(chunk: Chunk, reason: unknown, attempt?: CloneAttempt): void;
  /** A chunk could not be decoded by the worker. */
  undecodable(sent: SentChunk, reason: unknown): void;
  /** The answer to a chunk could not be decoded. */
  unreadable(sent: SentChunk, reason: unknown): void;
  /** The worker ended while it held the chunk. */
  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void;
  /** No worker can be started: what it has given back, or has still to give, cannot run. */
  unstarted(failure: StartFailure): void;
  /** A worker that it has waited for was held up by what had run there before, and is replaced. `report` says so. */
  heldUp(report: string): void;
  /** No worker has anything of it: it looks whether it waits for what nobody has. */
  audit(): void;
  /** The pool is closed, and does not wait for it. */
  cutOff(): void;
}
