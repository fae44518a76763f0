import { CALL_OPTIONS, assertCallOptions, type CallOptions, type JournalOptions } from '../options.ts';
import { assertFunction, assertKnown } from '../check.ts';
import type { PipelineSummary } from './tally.ts';

/** Options of a pipeline's run: every end takes them. */
export interface RunOptions extends Pick<
  CallOptions,
  'workers' | 'pool' | 'signal' | 'progress' | 'onProgress'
> {
  /**
   * Of `run` and `to`: a file that keeps how far the run has come. The same program, started again after an error or
   * `kill -9`, goes on there, and its sink ends as that of a run that was never interrupted. Stages give their results in
   * order then. Refused where the input, a stage, the sink or their options have changed. `@defaultValue` none
   */
  readonly journal?: string | URL | Omit<JournalOptions, 'retryFailed'> | undefined;
  /** Called once when the run is over, also when it failed. */
  readonly onSummary?: ((summary: PipelineSummary) => void) | undefined;
}

const OF_STAGES: readonly string[] = ['chunkSize', 'timeout', 'retries'];
const RUN_OPTIONS = CALL_OPTIONS.filter((name) => !OF_STAGES.includes(name));

/** @param canResume - Whether the end takes a journal. */
export function assertRunOptions(options: RunOptions | undefined, canResume = false): void {
  for (const name of OF_STAGES) {
    if (options !== undefined && typeof options === 'object' && name in options) {
      throw new TypeError(`\`${name}\` is an option of a stage: .cpu(task, { ${name}: … }).`);
    }
  }
  assertKnown(options, RUN_OPTIONS);
  const journal: unknown = options?.journal;
  if (journal !== undefined && !canResume) {
    throw new TypeError(
      '`journal` is an option of .run() and .to(sink): the results of other ends are in the memory that is lost.',
    );
  }
  if (typeof journal === 'object' && journal !== null && 'retryFailed' in journal) {
    throw new TypeError(
      '`retryFailed` is for the journals of calls. A stage that fails without .onError() runs again in any case; ' +
        'what .onError(sink) got is in that sink.',
    );
  }
  const { onSummary, ...others } = options ?? {};
  assertFunction(onSummary, 'onSummary', 'a function');
  assertCallOptions(others);
}
