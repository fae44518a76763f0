import { captureContext } from '../../async/async-context.ts';
import { type CallOptions, NO_CLUSTER } from '../../options/call-options.ts';
import { optionError } from '../../options/check.ts';
import { resolveRetries } from '../../options/retries.ts';
import { watchProgress } from '../../progress/progress.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import { findNestedServer } from '../../wire/message/nested.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { CallSite } from '../failure/failures.ts';
import { sumCaptures } from '../outcome/captures.ts';
import type { EndedRun, RunListener } from '../outcome/run-listener.ts';
import { enterPool, Pool, sharedPool } from '../pool/pool.ts';
import { Run } from '../run/run.ts';
import type { RunPlan } from '../run/run-plan.ts';
import type { NamedDispatcher, RunName } from '../work/dispatcher.ts';
import { startWork } from '../work/start-work.ts';
import { recallService, rememberService } from '../chunk/sizing.ts';

/** Number of chunks for each worker over which the known end of an input is spread. */
const SHARES = 3;

/** The part of a run's plan in which the forms of a call differ. */
export type RunForm = Pick<RunPlan, 'isOrdered' | 'onFailure' | 'receiver'> &
  Partial<Pick<RunPlan, 'isOwnOrder' | 'failsBehindItems' | 'onLoss' | 'nameItem' | 'takeMemory' | 'rows'>>;

/** The task of a call, which the terms of its run do not know. */
export interface LaunchedTask {
  /** Defines what the items run through. Called once, when the run begins; the first item waits for it. */
  readonly define: () => WorkDefinition | Promise<WorkDefinition>;
  /** Key by which the service time is remembered, from one run to the next. */
  readonly key: object;
}

/** One call, with all options checked. */
export interface ResolvedCall extends Pick<RunPlan, 'source' | 'timeout' | 'suspects'> {
  readonly declared?: RunPlan['declared'];
  /** Position of the first item, where those before it were run another time. `@defaultValue` 0 */
  readonly first?: number | undefined;
  /** Listener of the call's own. */
  readonly listener?: RunListener | undefined;
  readonly options: Omit<CallOptions, 'timeout' | 'journal'>;
  /** The name of a run that may be gone on with. */
  readonly name?: RunName | undefined;
  readonly form: RunForm;
  readonly callSite: CallSite;
}

/** A run that begins when it is told, once all that listen to the run know it. */
export interface LaunchedRun {
  readonly run: Run;
  readonly begin: () => void;
}

/**
 * Composes a run from a call: its pool, source, options and listeners. Throws before anything was opened. To be called
 * in the context of the call.
 */
export function launch(call: ResolvedCall, { key, define }: LaunchedTask): LaunchedRun {
  const { source, declared, options, timeout, form, callSite, suspects } = call;
  const context = captureContext();
  const { pool, isOwn } = choosePool(options);
  const named = call.name === undefined ? undefined : enterNamed(pool, call.name);
  const dispatch = named ?? enterPool(pool);
  const workers = Math.min(options.workers ?? pool.workers, pool.workers);
  const { isOrdered, onFailure, receiver, isOwnOrder, failsBehindItems, onLoss, nameItem, takeMemory, rows } =
    form;
  // What a run leaves is remembered, closed and kept before anybody hears that it is over.
  const listeners: RunListener[] = [];
  if (declared === undefined) listeners.push({ ended: ({ supply }) => rememberService(key, supply.sizer) });
  if (isOwn) listeners.push({ ended: () => pool.close() });
  if (named !== undefined) listeners.push(keepNamed(named));
  const run = new Run(
    // The plan is written field by field: Node 20 gives each object a hidden class of its own that has what was spread,
    // and more.
    {
      isOrdered,
      onFailure,
      receiver,
      listeners,
      isOwnOrder,
      failsBehindItems,
      onLoss,
      nameItem,
      takeMemory,
      rows,
      source,
      declared,
      first: call.first ?? 0,
      workers,
      // A cluster has the workers that are there by then.
      shares: () => SHARES * Math.min(options.workers ?? Infinity, pool.workers),
      chunkSize: options.chunkSize,
      timeout,
      retries: resolveRetries(options.retries),
      signal: options.signal,
      callSite,
      context,
      suspects,
    },
    dispatch,
  );
  const progress = showProgress(options, run);
  if (progress !== undefined) listeners.push(progress);
  if (call.listener !== undefined) listeners.push(call.listener);
  if (options.onSummary !== undefined)
    listeners.push(summarise(options.onSummary, () => (dispatch.isRemote === true ? pool.workers : workers)));
  if (declared === undefined && options.chunkSize === undefined) recallService(key, run.supply.sizer);
  const begin = (): void => {
    // Workers start while the task is looked up, which takes some time when it is a closure.
    run.open();
    startWork(run, define, options.store, callSite);
  };
  return { run, begin: () => context(begin) };
}

/** Begins a run whose results are all wanted; resolves when it is over. */
export async function runToEnd({ run, begin }: LaunchedRun): Promise<void> {
  begin();
  await run.finished;
}

/** Enters a pool that keeps runs. Throws where the pool keeps none. */
function enterNamed(pool: WorkerPool, name: RunName): NamedDispatcher {
  const { name: enter } = enterPool(pool);
  if (enter === undefined) throw optionError(NO_CLUSTER);
  return enter(name);
}

function keepNamed(named: NamedDispatcher): RunListener {
  return {
    ended: async ({ supply }, how) =>
      await named.ended(how === 'ended' || how === 'stopped', how === 'ended' ? supply.pulled : undefined),
  };
}

function showProgress(options: ResolvedCall['options'], run: Run): RunListener | undefined {
  const watch = watchProgress(options, () => {
    const { items: done, failed, times } = run.counts;
    return { done, failed, total: run.supply.total, elapsed: times.elapsed };
  });
  return watch && { changed: () => watch.note(), ended: () => watch.end() };
}

function summarise(tell: NonNullable<CallOptions['onSummary']>, countWorkers: () => number): RunListener {
  return {
    ended: ({ counts, definition, remote }: EndedRun) =>
      tell(counts.summarise(countWorkers(), sumCaptures(definition), remote)),
  };
}

/**
 * Returns the pool of a call: the given one, the shared one, or one of its own where it wants more workers than that
 * has.
 */
export function choosePool(options: Pick<CallOptions, 'pool' | 'workers'>): {
  pool: WorkerPool;
  isOwn: boolean;
} {
  if (options.pool !== undefined) return { pool: options.pool, isOwn: false };
  const shared = sharedPool();
  const isMore = options.workers !== undefined && options.workers > shared.workers;
  // A run inside a task adds no threads.
  if (!isMore || findNestedServer() !== undefined) return { pool: shared, isOwn: false };
  return { pool: new Pool({ workers: options.workers }), isOwn: true };
}
