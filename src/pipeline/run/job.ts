import type { CallSite } from '../../flow/failure/failures.ts';
import type { Input } from '../../flow/source/open-source.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { RunOptions } from '../stage/run-options.ts';
import type { Spec } from '../stage/specs.ts';
import type { StartedJob } from '../stop/started.ts';
import { Tracker } from '../position/tracker.ts';
import type { Mark } from '../position/position.ts';
import { type RunLetters } from './open-letters.ts';
import type { EndForm } from './composed.ts';
import { type OpenedInput } from './open-input.ts';

/** One run of a pipeline. */
export interface Job {
  readonly input: Input<unknown>;
  readonly specs: readonly Spec[];
  readonly end: EndForm;
  readonly options: RunOptions;
  readonly callSite: CallSite;
  /** Of a run that was started: how it is told to end, and what it counts. */
  readonly started?: StartedJob | undefined;
  /** Of a run with a journal. `@defaultValue` a run from the beginning, which nobody listens to */
  readonly begun?: Begun | undefined;
}

/** A run that may go on where another was cut off. */
export interface Begun {
  readonly input: OpenedInput;
  readonly tracker: Tracker;
  readonly letters: RunLetters;
  /** How many items of the source were done before. */
  readonly resumed: number;
  readonly listener: ProgressListener | undefined;
}

/** Who wants to know how far a run is. */
export interface ProgressListener {
  /** Resolves when more may be taken. */
  taken(mark: Mark | undefined): Promise<void>;
  /** All was taken; the sinks are to be ended. */
  finish(): Promise<void>;
  /** All that was taken of the source was taken by the sink, and another run goes on behind it. */
  pause(): Promise<void>;
  /** The run has ended before that, and between two portions. Never rejects. */
  settle(): Promise<void>;
}

/** What takes the portions that leave the last stage. */
export interface Taker {
  /** Whether nothing of what it took is left when the run fails: then it need not wait to be given the rest. */
  readonly isAtomic?: boolean | undefined;
  /** Calls do not overlap. */
  take(portion: Collected): void | Promise<void>;
  /** All were taken: the last thing that can fail. */
  end?(): Promise<void>;
}
