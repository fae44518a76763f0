import type { Line, Slots } from '../../../src/wire/slots/slot.ts';
import type { TaskContext } from '../../item/task-context.ts';

/** The chunk that runs, as far as the chain needs to know it. */
export interface ChainHost {
  readonly slots: Slots;
  readonly line: Line;
  /** Number of this try of the chunk. */
  readonly attempt: number;
  /** The offset of the item that runs. */
  readonly at: number;
  /** Returns a context that no earlier call has held on to. */
  openContext(attempt: number): TaskContext;
  /** Waits for something, unless the item is ended by an error that it raised on the side. */
  interruptible<T>(pending: PromiseLike<T>): Promise<T>;
}
