import type { ChunkMessage, SessionPort } from '../../src/wire/message/message.ts';
import type { SlotRow, Slots } from '../../src/wire/slots/slot.ts';
import type { TaskContext } from './task-context.ts';

export type WorkerTask = (item: unknown, index: number, context: TaskContext) => unknown;

/** Work that items run through, once loaded: a task, or the stages of a pipeline. */
export interface Loaded {
  readonly task: WorkerTask;
  /** Whether the task itself waits for what is asynchronous, so that the promise of it is not to be interrupted. */
  readonly isWaiting: boolean;
  /** Whether the work enters userland by itself, for each call of the user's. It may say so in the course of a chunk. */
  readonly isGuarded: boolean;
  /** Value that the call gives to its tasks. */
  store: unknown;
  /** Begins a chunk, one at a time. Returns what takes the outcomes of its items. */
  open(chunk: ChunkHost): Outcomes;
}

/** The chunk that runs, as far as its outcomes depend on it. */
export interface ChunkHost {
  readonly message: ChunkMessage;
  readonly items: ArrayLike<unknown>;
  readonly slots: Slots;
  readonly row: SlotRow;
  /** Number of this try of the chunk. */
  readonly attempt: number;
  /** The offset of the item that runs. */
  readonly at: number;
  /** Returns a context that no earlier call has held on to. */
  openContext(attempt: number): TaskContext;
  /** Waits for something, unless the item is ended by an error that it raised on the side. */
  interruptible<T>(pending: PromiseLike<T>): Promise<T>;
}

/** Times of a chunk, in ms: in the task, and to load it. */
export interface ChunkTimes {
  readonly compute: number;
  readonly load: number;
}

/** Takes the outcomes of a chunk's items, in their order, and sends them all at once. */
export interface Outcomes {
  /** Number of items that have an outcome; they are the first of the chunk. */
  readonly count: number;
  /** Whether no further item of the chunk is to begin: one said `stop`, or the answer grows too large. */
  readonly isFull: boolean;
  /** Takes what most tasks return, by a short way. */
  succeedWithNumber(value: number): void;
  succeed(value: unknown): void;
  fail(thrown: unknown): void;
  /** Sends the outcomes. Results that cannot cross become failures of their items, the others arrive. */
  post(port: SessionPort, times: ChunkTimes): void;
}
