import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Header } from '../../bytes/format.ts';
import type { ChainDefinition } from './chain.ts';
import type { CapturedTask, TaskDefinition } from '../../task/definition/definition.ts';
import type { EncodedThrown } from '../values/error.ts';
import type { EncodedOutcome } from './outcome.ts';
import type { OutputLink } from './output.ts';
import type { Packed } from '../pack/pack.ts';
import type { Payload } from './payload.ts';
import type { SlotRow, Slots } from '../slots/slot.ts';

/** Work that a chunk's items run through: one task, or the stages of a pipeline. */
export type WorkDefinition = TaskDefinition | ChainDefinition;

/** The worker's end of a session's messages: a MessagePort, as far as a session needs one. */
export interface SessionPort {
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
  on(event: 'messageerror', listener: (thrown: unknown) => void): unknown;
  /** Hands a message over before it returns. Throws when the message cannot cross. */
  postMessage(message: FromWorker, transfers?: readonly Transferable[]): void;
  close(): void;
  /** Throws when a value cannot cross by this port. `@defaultValue` structured clone */
  readonly tryClone?: (value: unknown) => void;
}

/** Limits of a worker: once it has done that much it is recycled, between two chunks. */
export interface RecyclePolicy {
  /** Items that the worker may run. */
  readonly items: number | undefined;
  /** Bytes that the worker may still hold after a collection: its objects, and buffers outside of the heap. */
  readonly memory: number | undefined;
}

/** Opens a session: the one thing that a worker serves while there is work for it. */
export interface SessionStart {
  readonly port: SessionPort;
  readonly slots: Slots;
  /** Time that a task's module has to load, in ms. */
  readonly importTimeout: number;
  /** Limits of the worker. `@defaultValue` the worker serves for ever */
  readonly recycle?: RecyclePolicy | undefined;
}

/** A session's start on its way to a thread. */
export interface ThreadStart {
  readonly port: MessagePort;
  /** The memory of the session's slots. */
  readonly cells: Int32Array;
  readonly importTimeout: number;
  readonly recycle: RecyclePolicy | undefined;
}

/**
 * Tells the session a task before the task's first chunk: by itself, so that it arrives also when that chunk does not.
 */
export interface DefineMessage {
  readonly type: 'define';
  readonly task: number;
  readonly definition: WorkDefinition;
  /** Value that the call gives to its tasks. */
  readonly store: CapturedTask | undefined;
}

/** Consecutive items, for one task. Chunks run in the order of their arrival, one after the other. */
export interface ChunkMessage {
  readonly type: 'chunk';
  readonly chunk: number;
  readonly row: SlotRow;
  readonly task: number;
  /** The position of the first item in the input, or of each item when they are not consecutive. */
  readonly index: number | Float64Array;
  readonly count: number;
  readonly attempt: number;
  /** Whether items were transferred, so that those not begun cannot go back. */
  readonly isBound: boolean;
  /** Whether each item is the list of the arguments of one call, which is answered soon. */
  readonly areCalls: boolean;
  readonly items: Packed;
  /** Memory for results that come as bytes; it goes back with the answer. `@defaultValue` the worker's own */
  readonly memory?: SharedArrayBuffer | undefined;
  /** Header that earlier results decided, where results are rows of a table. `@defaultValue` none yet */
  readonly header?: Header | undefined;
}

/** Fires `context.signal` of the chunk's current item. */
export interface AbortMessage {
  readonly type: 'abort';
  readonly chunk: number;
}

/** Tells the session that no chunk will name this task again. */
export interface ForgetMessage {
  readonly type: 'forget';
  readonly task: number;
}

/** Ends the session after the chunks before it; with `dispose`, also what `perWorker` opened. */
export interface EndMessage {
  readonly type: 'end';
  readonly dispose: boolean;
}

export type ToWorker = DefineMessage | ChunkMessage | AbortMessage | ForgetMessage | EndMessage;

/** Says that the session listens. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly threadId: number;
  /** Link to the thread's output, in the first session of the thread. */
  readonly output?: OutputLink | undefined;
}

/** The outcomes of the first `ran` items of a chunk; the others were not begun and go back. */
export interface AnswerMessage {
  readonly type: 'answer';
  readonly chunk: number;
  readonly ran: number;
  readonly values: Packed;
  /** Results of the stages of a pipeline for the chunk, in the place of values. */
  readonly payload: Payload | undefined;
  readonly encoded: readonly EncodedOutcome[] | undefined;
  /** Bytes that the results take, about. */
  readonly bytes: number;
  /** Time in the task, and time to load it, in ms. */
  readonly compute: number;
  readonly load: number;
}

/** Says that the task of a chunk could not be loaded: none of its items ran, nor ever will. */
export interface UnloadableMessage {
  readonly type: 'unloadable';
  readonly chunk: number;
  readonly thrown: EncodedThrown;
}

/** Says that a message arrived as something that cannot be decoded. */
export interface UndecodableMessage {
  readonly type: 'undecodable';
  /**
   * Position of the message among all of the session, from 0: the message brings nothing else to know it by, and none
   * overtakes another.
   */
  readonly position: number;
  readonly reason: string;
}

/** An error that no item can be blamed for by its place: a forgotten timer, a rejection nobody awaited. */
export interface StrayMessage {
  readonly type: 'stray';
  /** The chunk and the item that left the error, where that is known. */
  readonly chunk: number | undefined;
  readonly index: number | undefined;
  readonly thrown: EncodedThrown;
}

/**
 * Asks to be recycled, since the worker has done enough. Chunks that are still on their way to the worker are answered with nothing run,
 * as far as they can go back.
 */
export interface RecycleMessage {
  readonly type: 'recycle';
}

/** Says that a task has broken the worker: nothing that the worker holds will be answered. */
export interface BrokenMessage {
  readonly type: 'broken';
  readonly reason: string;
}

/**
 * Says that a worker that is recycled was asked to end its session, and has closed what it held. The worker does nothing more, and
 * waits for its own end.
 */
export interface DisposedMessage {
  readonly type: 'disposed';
}

export type FromWorker =
  | ReadyMessage
  | AnswerMessage
  | UnloadableMessage
  | UndecodableMessage
  | StrayMessage
  | RecycleMessage
  | DisposedMessage
  | BrokenMessage;
