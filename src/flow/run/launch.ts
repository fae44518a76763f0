import { type CallOptions, type MapOptions, resolveRetries } from '../../options.ts';
import { openDisplay, type Progress, type ProgressDisplay, ProgressReport } from '../../progress.ts';
import { resolveTask } from '../../task/resolve.ts';
import { findNestedServer } from '../../wire/nested.ts';
import type { WorkerPool } from '../../worker-pool.ts';
import { orderByCost } from '../source/cost.ts';
import type { CallSite } from '../failure/failures.ts';
import { type Input, openSource } from '../source/open-source.ts';
import { enterPool, Pool, sharedPool } from '../pool/pool.ts';
import { Run, type RunPlan } from './run.ts';
import { recallService, rememberService } from '../chunk/sizing.ts';

/** What the forms of a call differ in. */
export type RunForm = Pick<RunPlan, 'isOrdered' | 'onFailure' | 'deliver' | 'room' | 'isAwaited'>;

/** One call, with all options checked. */
export interface Call {
  readonly input: Input<unknown>;
  readonly task: unknown;
  readonly options: CallOptions & Pick<MapOptions<never>, 'cost'>;
  readonly form: RunForm;
  readonly callSite: CallSite;
}

/** A run that begins when it is told, once those who listen to it know it. */
export interface LaunchedRun {
  readonly run: Run;
  readonly begin: () => void;
}

/** Composes a run from a call: its pool, source, options and listeners. Throws before anything was opened. */
export function launch({ input, task, options, form, callSite }: Call): LaunchedRun {
  options.signal?.throwIfAborted();
  const declared = options.cost === undefined ? undefined : orderByCost(input, options.cost);
  const { pool, isOwn } = choosePool(options);
  const dispatch = enterPool(pool);
  const workers = Math.min(options.workers ?? pool.workers, pool.workers);
  const display = options.progress === true ? openDisplay() : undefined;
  const listeners = [options.onProgress, display?.show.bind(display)].filter(
    (listener) => listener !== undefined,
  );
  const report = listeners.length === 0 ? undefined : new ProgressReport(() => readProgress(run), listeners);
  const run: Run = new Run(
    {
      ...form,
      source: openSource(input, declared?.order),
      declared,
      workers,
      chunkSize: options.chunkSize,
      timeout: options.timeout,
      retries: resolveRetries(options.retries),
      signal: options.signal,
      callSite,
      onChange: report === undefined ? undefined : () => report.note(),
      onEnd: async (ended) => {
        if (declared === undefined) rememberService(task, ended.supply.sizer);
        if (isOwn) await pool.close();
        endReport(report, display);
        options.onSummary?.(ended.tally.summarise(workers));
      },
    },
    dispatch,
  );
  if (declared === undefined && options.chunkSize === undefined) recallService(task, run.supply.sizer);
  return { run, begin: () => begin(run, task) };
}

/** Workers start while the task is looked up, which takes some time when it is a closure. */
function begin(run: Run, task: unknown): void {
  run.open();
  try {
    const definition = resolveTask(task);
    if (definition instanceof Promise) {
      definition.then(
        (resolved) => run.start(resolved),
        (reason: unknown) => run.fail(reason),
      );
    } else {
      run.start(definition);
    }
  } catch (reason) {
    run.fail(reason);
  }
}

function choosePool(options: CallOptions): { pool: WorkerPool; isOwn: boolean } {
  if (options.pool !== undefined) return { pool: options.pool, isOwn: false };
  const shared = sharedPool();
  const isMore = options.workers !== undefined && options.workers > shared.workers;
  // A run inside a task adds no threads.
  if (!isMore || findNestedServer() !== undefined) return { pool: shared, isOwn: false };
  return { pool: new Pool({ workers: options.workers }), isOwn: true };
}

function readProgress(run: Run): Progress {
  const { items: done, failed, elapsed } = run.tally;
  return { done, failed, total: run.supply.total, elapsed };
}

function endReport(report: ProgressReport | undefined, display: ProgressDisplay | undefined): void {
  try {
    report?.end();
  } finally {
    display?.close();
  }
}
