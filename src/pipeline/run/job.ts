import type { CallSite } from '../../flow/failure/failures.ts';
import type { Input } from '../../flow/source/open-source.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { RunOptions } from '../stage/run-options.ts';
import type { Spec } from '../stage/specs.ts';
import type { StartedJob } from '../stop/started.ts';
import { Tracker } from '../position/tracker.ts';
import type { Position } from '../position/position.ts';
import { type RunDeadLetters } from './open-dead-letters.ts';
import type { EndForm } from './composed.ts';
import { type OpenedInput } from './open-input.ts';

/** One run of a pipeline. */
export interface Job {
  readonly input: Input<unknown>;
  readonly specs: readonly Spec[];
  readonly end: EndForm;
  readonly options: RunOptions;
  readonly callSite: CallSite;
  /** Switch that ends a run that was started, and the counts of that run. */
  readonly started?: StartedJob | undefined;
  /** Beginning of a run with a journal. `@defaultValue` a run from the beginning, which nobody listens to */
  readonly begun?: Begun | undefined;
}

/** A run that may go on where another was cut off. */
export interface Begun {
  readonly input: OpenedInput;
  readonly tracker: Tracker;
  readonly letters: RunDeadLetters;
  /** Number of items of the source that were done before. */
  readonly resumed: number;
  readonly listener: ProgressListener | undefined;
}

/** Listener that wants to know how far a run is. */
export interface ProgressListener {
  /** Hears that a portion is about to be taken. Resolves when it may be. */
  taking(): Promise<void>;
  /** Hears that a portion was taken. Resolves when more may be pulled. */
  taken(position: Position | undefined): Promise<void>;
  /** Hears that all was taken, and that the sinks are to be ended. */
  finish(): Promise<void>;
  /** Hears that the sink has taken all that was taken of the source, and that another run goes on behind it. */
  pause(): Promise<void>;
  /** Hears that the run has ended early, between two portions. Never rejects. */
  settle(): Promise<void>;
}

/** Receiver of the portions that leave the last stage. */
export interface SinkWriter {
  /**
   * Whether nothing that was taken is left when the run fails: then a failed run need not wait until the rest is taken.
   */
  readonly isAtomic?: boolean | undefined;
  /** Takes a portion. Calls do not overlap. */
  take(portion: Collected): void | Promise<void>;
  /** Ends the receiver once all portions were taken: the last thing that can fail. */
  end?(): Promise<void>;
}
