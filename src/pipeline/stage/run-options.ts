import { isMainThread } from 'node:worker_threads';
import { CALL_OPTIONS, assertCallOptions, type CallOptions } from '../../options/call-options.ts';
import type { JournalOptions } from '../../options/journal-option.ts';
import {
  assertFunction,
  assertKnown,
  assertMilliseconds,
  copyOptions,
  optionError,
} from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import type { PipelineSummary } from './pipeline-counts.ts';

/** Options of a pipeline's run: every end takes them. */
export interface RunOptions extends Pick<
  CallOptions,
  'workers' | 'pool' | 'signal' | 'store' | 'progress' | 'onProgress'
> {
  /**
   * A file that keeps how far the run has come, for `run`, `to` and `start`. The same program, started again after an error or
   * `kill -9`, goes on there, and its sink ends as that of a run that was never interrupted. Stages give their results
   * in order then. The file is refused where the input, a stage, the sink or their options have changed.
   * `@defaultValue` none
   */
  readonly journal?: string | URL | Omit<JournalOptions, 'retryFailed'> | undefined;
  /**
   * Whether SIGINT and SIGTERM end the run in order: it takes no more from the source, lets what is in flight go on to
   * the sink for a grace time, closes everything, keeps its journal, and rejects with an `InterruptError`; the exit code
   * becomes 130 or 143. A second signal ends the process at once. On the main thread only. `@defaultValue` false
   */
  readonly signals?: boolean | SignalOptions | undefined;
  /**
   * Called once when the run is over, also when it failed. A promise that it returns is waited for, however long: the call
   * settles after it, and rejects where it does and nothing else has.
   */
  readonly onSummary?: ((summary: PipelineSummary) => void) | undefined;
}

/** Options of a run's end when the process is told to end. */
export interface SignalOptions {
  /** Milliseconds that items in flight have to go on to the sink, from 0. `@defaultValue` 5000 */
  readonly grace?: number | undefined;
}

const OF_STAGES: readonly string[] = ['chunkSize', 'timeout', 'retries'];
const RUN_OPTIONS = [...CALL_OPTIONS.filter((name) => !OF_STAGES.includes(name)), 'signals'];

/**
 * Checks the options of an end, and returns a copy that is the run's own.
 *
 * @param canResume - Whether the end takes a journal.
 */
export function takeRunOptions(options: RunOptions | undefined, canResume = false): RunOptions {
  for (const name of OF_STAGES) {
    if (options !== undefined && typeof options === 'object' && name in options) {
      throw optionError(`\`${name}\` is an option of a stage: .cpu(task, { ${name}: … }).`);
    }
  }
  const taken = copyOptions(options, RUN_OPTIONS);
  const journal: unknown = taken.journal;
  if (journal !== undefined && !canResume) {
    throw optionError(
      '`journal` is an option of .run(), .to(sink) and .start(): the results of other ends are in the memory that is lost.',
    );
  }
  if (typeof journal === 'object' && journal !== null && 'retryFailed' in journal) {
    throw optionError(
      '`retryFailed` is for the journals of calls. A stage that fails without .onError() runs again in any case; ' +
        'what .onError(sink) got is in that sink.',
    );
  }
  const { onSummary, signals, ...others } = taken;
  assertSignals(signals);
  assertFunction(onSummary, 'onSummary', 'a function');
  assertCallOptions(others);
  return taken;
}

function assertSignals(signals: unknown): void {
  if (signals === undefined || signals === false) return;
  if (!isMainThread) {
    throw optionError('`signals` is for the main thread: no other one hears of them. Leave it out here.');
  }
  if (signals === true) return;
  if (typeof signals !== 'object' || signals === null) {
    throw optionError(`Expected \`signals\` to be true, false or { grace }, got ${describeValue(signals)}.`);
  }
  assertKnown(signals, ['grace']);
  assertMilliseconds((signals as SignalOptions).grace, 'signals.grace', 0);
}
