import { backOff } from '../../async/backoff.ts';
import type { CallSite } from '../../errors/call-site.ts';
import { Failures } from '../../flow/failure/failures.ts';
import type { Source } from '../../flow/source/source.ts';
import { resolveRetries } from '../../options/retries.ts';
import type { OpenedFlow } from '../position/tracker.ts';
import type { ErrorPolicy } from '../stage/dead-letters.ts';
import type { IoSpec } from '../stage/specs.ts';
import type { PipelineCounts } from '../stage/pipeline-counts.ts';
import type { IoPlan } from './io-call.ts';
import { IoFlow } from './io-flow.ts';
import { makePace } from '../../limiter/pace.ts';

const DEFAULT_CONCURRENCY = 16;

/** Turns a source into pages, and awaits items that are promises, without a stage of the user's. */
export const PASSING: IoSpec = { kind: 'io', fn: (item: never) => item, options: { concurrency: 64 } };

/** Parts of the run that a stage on the event loop shares. */
export interface IoScope {
  readonly counts: PipelineCounts;
  readonly opened: OpenedFlow;
  readonly policy: ErrorPolicy;
  readonly onItem: IoPlan['onItem'];
  readonly callSite: CallSite;
}

/** Makes the flow of a stage on the event loop. */
export function openIo(
  source: Source,
  { fn, options }: IoSpec,
  { counts, opened, policy, onItem, callSite }: IoScope,
  isHidden: boolean,
): IoFlow {
  const { name, rate, retries } = options;
  const count = isHidden
    ? { name: '', kind: 'io' as const, items: 0, failed: 0, retried: 0 }
    : counts.addStage(name ?? (fn.name || `io ${counts.stages.length + 1}`), 'io');
  const plan = {
    fn: fn as (...args: unknown[]) => unknown,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    // The place where a run goes on can only be said of results in order, also by the stages behind this one.
    isOrdered: opened.isRepeatable || (options.ordered ?? true),
    retries: resolveRetries(typeof retries === 'number' ? { retries, delay: backOff } : retries),
    timeout: options.timeout,
    pace: rate === undefined ? undefined : makePace(rate),
    policy,
    count,
    failures: new Failures({ callSite, limitOf: () => options.timeout }),
    onItem,
    onSkipped: (items: number) => (counts.skipped += items),
  };
  return new IoFlow(source, plan, opened.tracking);
}
