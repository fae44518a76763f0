import type { Line, Slots } from '../../../src/wire/slots/slot.ts';
import type { TaskContext } from '../../item/task-context.ts';

/** What the chunk that runs tells the chain. */
export interface ChainHost {
  readonly slots: Slots;
  readonly line: Line;
  /** Which try of the chunk this is. */
  readonly attempt: number;
  /** The offset of the item that runs. */
  readonly at: number;
  /** A context that no earlier call has held on to. */
  openContext(attempt: number): TaskContext;
  /** Waits, unless the item is ended by an error that it raised on the side. */
  interruptible<T>(pending: PromiseLike<T>): Promise<T>;
}
