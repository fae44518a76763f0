import type { RemoteCounts } from '../../progress/summary.ts';
import type { Work } from './work.ts';

/**
 * Whoever hands the chunks of runs to workers: of a pool on this machine, or of a cluster. A run pulls nothing by itself:
 * its dispatcher asks for chunks, and says what became of each.
 */
export interface Dispatcher {
  /** Milliseconds between asking for an end and ending what does not hear. */
  readonly grace: number;
  /** Gives the dispatcher for items that have ended their worker, where there is one. */
  readonly suspects: (() => Dispatcher) | undefined;
  /** Returns the milliseconds that a chunk should take. `@defaultValue` 20 */
  readonly chunkTime?: (() => number) | undefined;
  /** Whether workers are on other machines, which share no memory with this one. `@defaultValue` false */
  readonly isRemote?: boolean;
  /** Whether a worker is ready. `@defaultValue` not known */
  readonly isUp?: boolean;
  /** Takes in a run that begins, and makes up to that many workers ready. */
  attach(work: Work, workers: number): void;
  /** Drops a run that is over. */
  detach(work: Work): void;
  /** Hands out chunks of a run that may have some again. */
  wake(work: Work): void;
  /** Ends what a run has in progress. Resolves when nothing of it runs any more, or will. */
  withdraw(work: Work): Promise<void> | undefined;
  /** Returns what happened on other machines to a run, also to one that is over. `@defaultValue` it is here */
  countRemote?(work: Work): RemoteCounts | undefined;
  /** Tells whether a worker has a chunk of this run. */
  holds(work: Work): boolean;
  /** Tells whether a worker runs items of this run, and does not load its task, say. `@defaultValue` not known */
  isRunning?(work: Work): boolean;
  /** Gives the dispatcher for a run that may be gone on with later, where runs are kept. */
  readonly name?: (name: RunName) => NamedDispatcher;
}

/** A run that may be gone on with under its name, and what must not differ then. */
export interface RunName {
  readonly id: string;
  /** Milliseconds that it stays unfinished. */
  readonly keep: number | undefined;
  /** Description of the input, and of the options that make a difference to outcomes. */
  readonly input: string;
  readonly options: string;
  /** Whether failures of items are outcomes. */
  readonly keepsFailures: boolean;
}

/** Dispatcher of one run that has a name. */
export interface NamedDispatcher extends Dispatcher {
  /**
   * Hears that the run is over, and resolves when it is kept, or deleted where it is complete.
   *
   * @param pulled - Number of items of the input, where it was read to its end.
   */
  ended(isComplete: boolean, pulled: number | undefined): Promise<void>;
}
