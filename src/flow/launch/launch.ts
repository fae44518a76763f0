import { captureContext } from '../../async/async-context.ts';
import type { CallOptions } from '../../options/call-options.ts';
import { resolveJournal } from '../../options/journal-option.ts';
import { resolveRetries } from '../../options/retries.ts';
import { type Progress, watchProgress } from '../../progress/progress.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import { findNestedServer } from '../../wire/message/nested.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { CallSite } from '../failure/failures.ts';
import type { Source } from '../source/source.ts';
import { sumCaptures } from '../outcome/captures.ts';
import { RunJournal } from '../journal/run-journal.ts';
import { enterPool, Pool, sharedPool } from '../pool/pool.ts';
import { Run } from '../run/run.ts';
import type { RunPlan } from '../run/run-plan.ts';
import { recallService, rememberService } from '../chunk/sizing.ts';
import type { DeclaredCosts } from '../chunk/supply.ts';

/** The part of a run's plan in which the forms of a call differ. */
export type RunForm = Pick<RunPlan, 'isOrdered' | 'onFailure' | 'deliver' | 'room' | 'isAwaited'> &
  Partial<Pick<RunPlan, 'isOwnOrder' | 'failsBehindItems' | 'onLoss' | 'nameItem'>>;

/** One call, with all options checked. */
export interface Call {
  readonly source: Source;
  readonly declared?: DeclaredCosts | undefined;
  /** Position of the first item, where those before it were run another time. `@defaultValue` 0 */
  readonly first?: number | undefined;
  /** Defines what the items run through. Called once, when the run begins. */
  readonly define: () => WorkDefinition | Promise<WorkDefinition>;
  /** Identity of the call for a journal: the input, and what else makes a difference to results. */
  readonly identity?: { readonly input: string; readonly options: string } | undefined;
  /** Key by which the service time is remembered, from one run to the next. */
  readonly key: object;
  readonly options: Omit<CallOptions, 'timeout'>;
  readonly timeout: RunPlan['timeout'];
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
export function launch(call: Call): LaunchedRun {
  const { declared, define, key, options, timeout, form, callSite } = call;
  const context = captureContext();
  const journal = prepareJournal(call);
  const { pool, isOwn } = choosePool(options);
  const dispatch = enterPool(pool);
  const workers = Math.min(options.workers ?? pool.workers, pool.workers);
  const report = watchProgress(options, () => readProgress(run));
  const { isOrdered, onFailure, deliver, room, isAwaited, isOwnOrder, failsBehindItems, onLoss, nameItem } =
    form;
  const isIsolating = journal !== undefined && dispatch.suspects !== undefined;
  const run: Run = new Run(
    // The plan is written field by field: Node 20 gives each object a hidden class of its own that has what was spread,
    // and more.
    {
      isOrdered,
      onFailure,
      deliver,
      room,
      isAwaited,
      isOwnOrder,
      failsBehindItems,
      onLoss,
      nameItem,
      source: journal?.source ?? call.source,
      declared,
      first: call.first ?? 0,
      workers,
      chunkSize: options.chunkSize,
      timeout,
      retries: resolveRetries(options.retries),
      signal: options.signal,
      callSite,
      context,
      onChange: report === undefined ? undefined : () => report.note(),
      onSettled: journal === undefined ? undefined : (segment) => journal.settled(segment),
      onBegin: isIsolating ? (chunk) => journal.begin(chunk) : undefined,
      isSuspect: isIsolating ? (index) => journal.isSuspect(index) : undefined,
      onEnd: async (ended, how) => {
        if (declared === undefined) rememberService(key, ended.supply.sizer);
        if (isOwn) await pool.close();
        report?.end();
        await journal?.close(how, ended.supply.pulled);
        options.onSummary?.(ended.tally.summarise(workers, sumCaptures(run.definition)));
      },
    },
    dispatch,
  );
  if (declared === undefined && options.chunkSize === undefined) recallService(key, run.supply.sizer);
  journal?.attach(run);
  return { run, begin: () => context(() => begin(run, define, journal)) };
}

function prepareJournal({ source, declared, options, form, identity }: Call): RunJournal | undefined {
  const settings = resolveJournal(options.journal);
  if (settings === undefined || identity === undefined) return undefined;
  return new RunJournal({
    settings,
    source,
    ...identity,
    keepsFailures: form.onFailure === 'keep',
    order: declared?.order,
  });
}

/**
 * Begins a run. Workers start while the task is looked up, which takes some time when it is a closure, and the journal
 * is read.
 */
function begin(run: Run, define: Call['define'], journal: RunJournal | undefined): void {
  run.open();
  try {
    const definition = define();
    if (definition instanceof Promise || journal !== undefined) {
      void beginLater(run, definition, journal);
    } else {
      run.start(definition);
    }
  } catch (reason) {
    run.fail(reason);
  }
}

async function beginLater(
  run: Run,
  defining: WorkDefinition | Promise<WorkDefinition>,
  journal: RunJournal | undefined,
): Promise<void> {
  try {
    const definition = await defining;
    if (definition.kind !== 'chain') await journal?.open(definition);
    run.start(definition);
  } catch (reason) {
    run.fail(reason);
  }
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

function readProgress(run: Run): Progress {
  const { items: done, failed, elapsed } = run.tally;
  return { done, failed, total: run.supply.total, elapsed };
}
