import type { EncodedFormat, RecordFormat } from '../../bytes/format.ts';
import type { CallSite } from '../../flow/failure/failures.ts';
import { placeCaptures } from '../../task/definition/capture-error.ts';
import type { Source } from '../../flow/source/source.ts';
import { resolveRetries, type RetryOptions } from '../../options/retries.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { CpuPlan, CpuStage } from './cpu-plan.ts';
import type { OpenedFlow } from '../position/tracker.ts';
import type { DeadLetters, ErrorPolicy } from '../stage/dead-letters.ts';
import type { CpuSpec } from '../stage/specs.ts';
import type { PipelineCounts } from '../stage/pipeline-counts.ts';
import type { Collect } from './collect.ts';
import { defineChain } from './define.ts';
import { describeEncoding } from '../flows/encode-pages.ts';

/** Parts of a pipeline's run that all its stages have in common. */
export interface RunScope {
  readonly pool: WorkerPool;
  readonly workers: number | undefined;
  /** Value that the run gives to its tasks. */
  readonly store: unknown;
  readonly callSite: CallSite;
  readonly counts: PipelineCounts;
}

/** Stages on the workers that follow one another. */
export interface CpuGroup {
  readonly stages: readonly { readonly spec: CpuSpec; readonly letters: DeadLetters | undefined }[];
  /** Form in which the stages give their results; `collectDeadLetters` is where results go that cannot be given. */
  readonly collect: Collect;
  readonly collectDeadLetters: DeadLetters | undefined;
  /**
   * Source that feeds the stages. With a format in `decode` it gives blocks, whose malformed records go to
   * `decodeDeadLetters`.
   */
  readonly source: Source;
  readonly decode: RecordFormat | undefined;
  readonly decodeDeadLetters: DeadLetters | undefined;
  /** Key by which the time of an item is remembered when there are no stages. */
  readonly key: object;
  readonly opened: OpenedFlow;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Plans the flow of a group: one trip for all its stages. */
export function planGroup(group: CpuGroup, { pool, workers, store, callSite, counts }: RunScope): CpuPlan {
  const { collect, decode, source, isFirst, isLast } = group;
  const { policyOf, tracking } = group.opened;
  const decoding =
    decode === undefined
      ? undefined
      : makeStage(counts.addStage(decode.kind, 'cpu'), policyOf(group.decodeDeadLetters));
  const policed = group.stages.map(({ spec, letters }) => ({ spec, policy: policyOf(letters) }));
  const stages = policed.map(({ spec, policy }) => {
    const { name, retries, timeout } = spec.options;
    const fallback = `${spec.call === 'task' ? 'cpu' : spec.call} ${counts.stages.length + 1}`;
    const given = (spec.task as { name?: string }).name;
    return makeStage(counts.addStage(name ?? (given || fallback), 'cpu'), policy, retries, timeout);
  });
  const collectPolicy = policyOf(group.collectDeadLetters);
  const encoding =
    collect.kind === 'values'
      ? undefined
      : makeStage(
          counts.addStage(collect.kind === 'bytes' ? describeEncoding(collect.format) : collect.kind, 'cpu'),
          collectPolicy,
        );
  const sizes = policed.map(({ spec }) => spec.options.chunkSize).filter((size) => size !== undefined);
  return {
    source,
    define: () => placeCaptures(defineChain(decode, policed, collect, collectPolicy), callSite),
    key: policed[0]?.spec ?? group.key,
    stages,
    decoding,
    encoding,
    pool,
    workers,
    store,
    chunkSize: sizes.length === 0 ? undefined : Math.min(...sizes),
    callSite,
    onItems: isFirst ? (items) => (counts.items += items) : undefined,
    onSkipped: (items) => (counts.skipped += items),
    onUnheard: (error) => counts.addUnheard(error),
    onSummary: (summary) => counts.addRun(summary),
    tracking,
    freesBytes: collect.kind === 'bytes' && collect.freesBytes === true,
    needsHeader: collect.kind === 'bytes' && needsHeader(collect.format),
    isLast,
  };
}

/** Tells whether rows have columns that nobody has named yet. */
function needsHeader(format: EncodedFormat): boolean {
  return format.kind === 'csv' && format.columns === undefined && format.header === undefined;
}

function makeStage(
  count: CpuStage['count'],
  policy: ErrorPolicy,
  retries?: number | RetryOptions,
  timeout?: number,
): CpuStage {
  return { count, policy, retries: resolveRetries(retries).most, timeout };
}
