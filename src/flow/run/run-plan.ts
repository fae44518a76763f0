import type { AsyncContext } from '../../async/async-context.ts';
import type { RetryPolicy } from '../../options/retries.ts';
import type { Place } from '../../wire/slots/slot.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { DeclaredCosts } from '../chunk/supply.ts';
import type { CallSite, NameItem } from '../failure/failures.ts';
import type { MakeError } from '../failure/recovery.ts';
import type { Source } from '../source/source.ts';
import type { DeliveryPlan } from '../outcome/ledger.ts';

/** Results that are rows of a table, whose header the first of them decides. */
export interface RowOrder {
  /** Header that a chunk is handed out with now. */
  readonly header: Chunk['header'];
  /** Whether no chunk may be handed out now. The run is woken when one may again. */
  readonly isHeld: boolean;
  noteHandedOut(items: number): void;
  /** Notes items that were handed out and have not begun, or begin once more. */
  noteGivenBack(items: number): void;
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
  /** Returns over how many chunks the known end of the input is spread. */
  readonly shares: () => number;
  readonly chunkSize: number | undefined;
  /** Milliseconds that an item may take; in a pipeline, in each of its stages. */
  readonly timeout: number | readonly (number | undefined)[] | undefined;
  /** Tells, for a pipeline, whether an item runs again whose worker died on it. `@defaultValue` as `retries` says */
  readonly onLoss?:
    | ((item: unknown, makeError: MakeError, place: Place | undefined, attempt: number) => boolean)
    | undefined;
  /** Names an item for errors. `@defaultValue` by its position */
  readonly nameItem?: NameItem | undefined;
  /** Gives memory for the results of a chunk that come as bytes. `@defaultValue` the worker's own */
  readonly takeMemory?: (() => SharedArrayBuffer) | undefined;
  /** Order in which chunks go out whose results are rows of a table. `@defaultValue` they are none */
  readonly rows?: RowOrder | undefined;
  readonly retries: RetryPolicy;
  readonly signal: AbortSignal | undefined;
  readonly callSite: CallSite;
  /** Context of the call: all that is the caller's runs in it. */
  readonly context: AsyncContext;
  /**
   * Positions of items that were in flight when the program came to its end another time, complete when the run starts.
   * Each of them begins alone in a process, and leaves the set, where the pool has such for suspects.
   */
  readonly suspects?: Set<number> | undefined;
}
