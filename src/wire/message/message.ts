import type { MessagePort, Transferable } from 'node:worker_threads';
import type { ChainDefinition } from './chain.ts';
import type { TaskDefinition } from '../../task/definition/definition.ts';
import type { EncodedThrown } from '../values/error.ts';
import type { Mark } from './outcome.ts';
import type { OutputLink } from './output.ts';
import type { Packed } from '../pack/pack.ts';
import type { Payload } from './payload.ts';
import type { Line, Slots } from '../slots/slot.ts';

/** What a chunk's items run through: one task, or the stages of a pipeline. */
export type WorkDefinition = TaskDefinition | ChainDefinition;

/** The worker's end of a session's messages: that of a MessagePort, as far as a session needs it. */
export interface SessionPort {
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
  on(event: 'messageerror', listener: (thrown: unknown) => void): unknown;
  /** Has handed the message over when it returns. Throws when the message cannot cross. */
  postMessage(message: FromWorker, transfers?: readonly Transferable[]): void;
  close(): void;
  /** Throws when a value cannot cross here. `@defaultValue` structured clone */
  readonly tryClone?: (value: unknown) => void;
}

/** When a worker has done enough: it is replaced then, between two chunks. */
export interface Wear {
  /** Items that it may run. */
  readonly items: number | undefined;
  /** Bytes that it may still hold after a collection: its objects, and buffers outside of the heap. */
  readonly memory: number | undefined;
}

/** Opens a session: the one thing that a worker serves while there is work for it. */
export interface SessionStart {
  readonly port: SessionPort;
  readonly slots: Slots;
  /** How long a task's module may take to load, in ms. */
  readonly importTimeout: number;
  /** `@defaultValue` the worker serves for ever */
  readonly wear?: Wear | undefined;
}

/** A session's start on its way to a thread. */
export interface ThreadStart {
  readonly port: MessagePort;
  /** The memory of its slots. */
  readonly cells: Int32Array;
  readonly importTimeout: number;
  readonly wear: Wear | undefined;
}

/** Tells the session a task, before its first chunk: by itself, so that it arrives also when that chunk does not. */
export interface DefineMessage {
  readonly type: 'define';
  readonly task: number;
  readonly definition: WorkDefinition;
}

/** Consecutive items, for one task. Chunks run in the order of their arrival, one after the other. */
export interface ChunkMessage {
  readonly type: 'chunk';
  readonly chunk: number;
  readonly line: Line;
  readonly task: number;
  /** The position of the first item in the input, or of each item when they are not consecutive. */
  readonly index: number | Float64Array;
  readonly count: number;
  readonly attempt: number;
  /** Items were transferred, so what is not begun cannot go back. */
  readonly isBound: boolean;
  readonly items: Packed;
}

/** Fires `context.signal` of the chunk's current item. */
export interface AbortMessage {
  readonly type: 'abort';
  readonly chunk: number;
}

/** No chunk will name this task again. */
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

/** The session listens. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly threadId: number;
  /** In the first session of a thread: where its output comes from. */
  readonly output?: OutputLink | undefined;
}

/** The outcomes of the first `ran` items of a chunk; the others were not begun and go back. */
export interface AnswerMessage {
  readonly type: 'answer';
  readonly chunk: number;
  readonly ran: number;
  readonly values: Packed;
  /** What the stages of a pipeline made of the chunk, in the place of values. */
  readonly payload: Payload | undefined;
  readonly marks: readonly Mark[] | undefined;
  /** About how many bytes the results take. */
  readonly bytes: number;
  /** Time in the task, and time to load it, in ms. */
  readonly compute: number;
  readonly load: number;
}

/** The task of this chunk could not be loaded: none of its items ran, nor ever will. */
export interface UnloadableMessage {
  readonly type: 'unloadable';
  readonly chunk: number;
  readonly thrown: EncodedThrown;
}

/** A message arrived as something that cannot be decoded. */
export interface UndecodableMessage {
  readonly type: 'undecodable';
  /** Which of all messages of the session it was, from 0: it brings nothing else to know it by, and none overtakes another. */
  readonly position: number;
  readonly reason: string;
}

/** An error that no item can be blamed for by its place: a forgotten timer, a rejection nobody awaited. */
export interface StrayMessage {
  readonly type: 'stray';
  /** The chunk and the item that left it, where that is known. */
  readonly chunk: number | undefined;
  readonly index: number | undefined;
  readonly thrown: EncodedThrown;
}

/** The worker has done enough. Chunks that are still on their way to it are answered with nothing run, as far as they can go back. */
export interface WornMessage {
  readonly type: 'worn';
}

/** A task has broken the worker: nothing that it holds will be answered. */
export interface BrokenMessage {
  readonly type: 'broken';
  readonly reason: string;
}

/** A worn worker was asked to end its session, and has closed what it held. It does nothing more, and waits for its own end. */
export interface RetiredMessage {
  readonly type: 'retired';
}

export type FromWorker =
  | ReadyMessage
  | AnswerMessage
  | UnloadableMessage
  | UndecodableMessage
  | StrayMessage
  | WornMessage
  | RetiredMessage
  | BrokenMessage;
