import type { AsyncContext } from '../../async/async-context.ts';
import type { RetryPolicy } from '../../options/retries.ts';
import type { Place } from '../../wire/slots/slot.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { DeclaredCosts, Supply } from '../chunk/supply.ts';
import type { CallSite, NameItem } from '../failure/failures.ts';
import type { MakeError } from '../failure/salvage.ts';
import type { Source } from '../source/source.ts';
import type { DeliveryPlan } from '../outcome/ledger.ts';
import type { RunTally } from '../outcome/tally.ts';

/**
 * The way in which a run ended: all items of the input have their outcome; an item said `stop`, and those before it
 * have theirs; its reader has left; or it was cut off by a failure or a signal.
 */
export type RunEnd = 'ended' | 'stopped' | 'left' | 'failed';

/** The part of a run that is left at its end: what it has pulled, and what became of that. */
export interface EndedRun {
  readonly supply: Supply;
  readonly tally: RunTally;
}

/** Terms on which the engine runs one call. */
export interface RunPlan extends DeliveryPlan {
  readonly source: Source;
  /**
   * Whether an error of the source ends the run behind the items before it. `@defaultValue` at once, unless those of
   * items do
   */
  readonly failsBehindItems?: boolean | undefined;
  readonly declared: DeclaredCosts | undefined;
  readonly workers: number;
  readonly chunkSize: number | undefined;
  /** Milliseconds that an item may take; in a pipeline, in each of its stages. */
  readonly timeout: number | readonly (number | undefined)[] | undefined;
  /** Tells, for a pipeline, whether an item runs again whose worker died on it. `@defaultValue` as `retries` says */
  readonly onLoss?:
    | ((item: unknown, makeError: MakeError, place: Place | undefined, attempt: number) => boolean)
    | undefined;
  /** Names an item for errors. `@defaultValue` by its position */
  readonly nameItem?: NameItem | undefined;
  readonly retries: RetryPolicy;
  /** Returns how many more items may leave the source. `@defaultValue` no limit */
  readonly room: (() => number) | undefined;
  /** Tells whether a reader waits for a result. `@defaultValue` always */
  readonly isAwaited: (() => boolean) | undefined;
  /** Called when something was settled. */
  readonly onChange: (() => void) | undefined;
  /** Called when the run is over; the run settles when this has. */
  readonly onEnd: (run: EndedRun, how: RunEnd) => Promise<void> | void;
  readonly signal: AbortSignal | undefined;
  readonly callSite: CallSite;
  /** Context of the call: all that is the caller's runs in it. */
  readonly context: AsyncContext;
  /**
   * Called with each chunk before a worker has it, where a journal is to know the suspects should the program die of
   * one.
   */
  readonly onBegin?: ((chunk: Chunk) => void) | undefined;
  /** Tells whether an item was in flight when the program came to its end another time. */
  readonly isSuspect?: ((index: number) => boolean) | undefined;
}
