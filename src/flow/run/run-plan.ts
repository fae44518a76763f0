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
 * How a run ended: all items of the input have their outcome; an item said `stop`, and those before it have; its reader
 * has left; or it was cut off by a failure or a signal.
 */
export type RunEnd = 'ended' | 'stopped' | 'left' | 'failed';

/** What is left of a run at its end: what it has pulled, and what became of it. */
export interface EndedRun {
  readonly supply: Supply;
  readonly tally: RunTally;
}

/** What one call wants of the engine. */
export interface RunPlan extends DeliveryPlan {
  readonly source: Source;
  /** Whether an error of the source ends the run behind the items before it. `@defaultValue` at once, unless those of items do */
  readonly failsBehindItems?: boolean | undefined;
  readonly declared: DeclaredCosts | undefined;
  readonly workers: number;
  readonly chunkSize: number | undefined;
  /** Milliseconds an item may take; of a pipeline, in each of its stages. */
  readonly timeout: number | readonly (number | undefined)[] | undefined;
  /** Asked of a pipeline whether an item runs again whose worker died on it. `@defaultValue` as `retries` says */
  readonly onLoss?:
    | ((item: unknown, makeError: MakeError, place: Place | undefined, attempt: number) => boolean)
    | undefined;
  /** What errors call an item. `@defaultValue` by its position */
  readonly nameItem?: NameItem | undefined;
  readonly retries: RetryPolicy;
  /** How many more items may leave the source. `@defaultValue` no limit */
  readonly room: (() => number) | undefined;
  /** Whether a reader waits for a result. `@defaultValue` always */
  readonly isAwaited: (() => boolean) | undefined;
  /** Something was settled. */
  readonly onChange: (() => void) | undefined;
  /** The run is over; it settles when this has. */
  readonly onEnd: (run: EndedRun, how: RunEnd) => Promise<void> | void;
  readonly signal: AbortSignal | undefined;
  readonly callSite: CallSite;
  /** That of the call: all that is the caller's runs in it. */
  readonly context: AsyncContext;
  /** Told of each chunk before a worker has it, where a journal is to know the suspects should the program die of one. */
  readonly onBegin?: ((chunk: Chunk) => void) | undefined;
  /** Whether an item was in flight when the program came to its end another time. */
  readonly isSuspect?: ((index: number) => boolean) | undefined;
}
