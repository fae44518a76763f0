import type { AsyncContext } from '../../async/async-context.ts';
import type { EncodedThrown } from '../../wire/values/error.ts';
import type { AnswerMessage, WorkDefinition } from '../../wire/message/message.ts';
import type { CloneAttempt } from '../../wire/values/uncloneable.ts';
import type { Place, SlotRow } from '../../wire/slots/slot.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';

/** A chunk that a worker holds. */
export interface SentChunk {
  readonly id: number;
  readonly work: Work;
  readonly chunk: Chunk;
  readonly row: SlotRow;
  /** Offset from which on the items were taken back. */
  end: number;
  /** Offsets of items whose buffers went along, so that they cannot run anywhere else. */
  transferred: ReadonlySet<number> | undefined;
  /** Time from which on the worker could begin the chunk, in ms of `performance.now()`. */
  since: number;
  /**
   * Time at which the worker is stopped unless it answers, in ms of `performance.now()`; set when the chunk's run asked
   * for its end.
   */
  stopAt: number | undefined;
  /** Offsets of items that overran their time. */
  readonly late: Set<number>;
  /** Stage in which the worker was when it died. */
  place: Place | undefined;
}

/**
 * The point to which a chunk had come when its worker ended. `'queued'`: another chunk was before it. `'blocked'`:
 * something that had run there before held the worker up, so that nothing of the chunk ran, or was reported. A number
 * is the offset of the item that the worker was on; with `ran`, that many items had run, and the results of one of them
 * may have ended the worker; with `spared`, that many had begun when the worker was stopped for the sake of another
 * call; with `unheard`, that many had run, and the worker was behind its answer, which never came.
 */
export type LostStage =
  | 'queued'
  | 'blocked'
  | 'waiting'
  | 'loading'
  | number
  | { readonly ran: number }
  | { readonly spared: number }
  | { readonly unheard: number };

/**
 * Is told of the errors that items of a run have left behind, also once the run is over: it holds nothing of the run
 * but its context, no source and no results.
 */
export interface Strays {
  /** Number of errors that were left behind. */
  count: number;
  /** @param index - The item that left it, where that is known. */
  add(index: number | undefined, thrown: EncodedThrown): void;
  /** Names some items as the caller knows them, for a message. */
  name(first: number, final: number): string;
}

/** Terms of a run that its pool has to know, the same for all that the run has in progress there. */
export interface WorkTerms {
  /** Definition of the task, which a worker needs to have it, and the id that the task is known by there. */
  readonly definition: WorkDefinition | undefined;
  readonly taskId: number;
  /** Value that the call gives to its tasks, with which a task is one by itself. `@defaultValue` none */
  readonly store?: CapturedTask | undefined;
  /** The most workers that the run may use at once. */
  readonly workers: number;
  /** The shortest time limit that any stage of the run has, in ms. */
  readonly timeout: number | undefined;
  /**
   * Returns the milliseconds that one item may take in one of the stages of a pipeline; a single task has stage 0 only.
   */
  limitOf(stage: number): number | undefined;
  /** The estimated time of one item in ms, if known. */
  readonly service: number | undefined;
  /** Whether an item is the list of the arguments of one call, and is answered soon. `@defaultValue` false */
  readonly areCalls?: boolean;
  /** Gives memory for the results of a chunk, to a worker that shares memory. `@defaultValue` the worker's own */
  readonly takeMemory?: (() => SharedArrayBuffer) | undefined;
}

/** Chunks that wait for a worker. */
export interface WorkQueue {
  readonly terms: WorkTerms;

  /** Errors that the run's items have left behind. */
  readonly strays: Strays;

  /** Whether the run's task ended a worker that loaded it: no further worker is to try. */
  readonly isUnloadable: boolean;

  /** Whether somebody waits for results: while a slow reader has enough, there is no hurry to share work out. */
  readonly isAwaited: boolean;

  /** Whether nothing of the run counts any more: nothing is sent for it, nor taken over. */
  readonly isOver: boolean;

  /**
   * Returns the next chunk for a worker, or `undefined` when there is none now; `Dispatch.wake` says when there is
   * again.
   */
  nextChunk(): Chunk | undefined;

  /** Takes back items that did not begin. */
  giveBack(chunk: Chunk): void;
}

/** Reason why nothing of a chunk could begin: its worker has no task, or the chunk itself does not cross. */
export type Refusal =
  | { readonly kind: 'unloadable' | 'undecodable'; readonly reason: unknown }
  | { readonly kind: 'uncloneable'; readonly reason: unknown; readonly attempt: CloneAttempt | undefined };

/** Events of what a pool does with the chunks of a queue. */
export interface WorkEvents {
  /** Takes in outcomes of the first items of a chunk. The others have been given back already. */
  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void;
  /** Hears that nothing of a chunk could begin. */
  refused(sent: SentChunk, refusal: Refusal): void;
  /** Hears that the answer to a chunk could not be decoded. */
  unreadable(sent: SentChunk, reason: unknown): void;
  /** Hears that the worker ended while it held the chunk. */
  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void;
  /** Hears that no worker can be started: what was given back, or has still to be given, cannot run. */
  unstarted(failure: StartFailure): void;
  /**
   * Hears that a worker that was waited for was held up by what had run there before, and is replaced. `report` says
   * so.
   */
  heldUp(report: string): void;
  /** Looks whether something is waited for that nobody has, when no worker has anything of it. */
  audit(): void;
  /** Hears why nothing can go on: its workers are out of reach, or cannot run this. */
  fail(reason: unknown): void;
  /** Hears that the pool is closed, and does not wait. */
  cutOff(): void;
}

/** A queue of a run as its pool knows it: something that has chunks to run. */
export interface Work extends WorkQueue, WorkEvents {
  /** Runs what may come to code of the caller, such as a getter of an item, in the context of its call. */
  readonly enter: AsyncContext;
}
