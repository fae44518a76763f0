import { CALL_OPTIONS, assertCallOptions, type CallOptions } from '../options.ts';
import { assertFunction, assertKnown } from '../check.ts';
import type { PipelineSummary } from './tally.ts';

/** Options of a pipeline's run: every end takes them. */
export interface RunOptions extends Pick<
  CallOptions,
  'workers' | 'pool' | 'signal' | 'progress' | 'onProgress'
> {
  /** Called once when the run is over, also when it failed. */
  readonly onSummary?: ((summary: PipelineSummary) => void) | undefined;
}

const OF_STAGES: readonly string[] = ['chunkSize', 'timeout', 'retries'];
const RUN_OPTIONS = CALL_OPTIONS.filter((name) => name !== 'journal' && !OF_STAGES.includes(name));

export function assertRunOptions(options: RunOptions | undefined): void {
  for (const name of OF_STAGES) {
    if (options !== undefined && typeof options === 'object' && name in options) {
      throw new TypeError(`\`${name}\` is an option of a stage: .cpu(task, { ${name}: … }).`);
    }
  }
  assertKnown(options, RUN_OPTIONS);
  const { onSummary, ...others } = options ?? {};
  assertFunction(onSummary, 'onSummary', 'a function');
  assertCallOptions(others);
}
