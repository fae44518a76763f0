import { isPromise } from 'node:util/types';
import { onAbort } from '../../async/on-abort.ts';
import { captureContext } from '../../async/async-context.ts';
import { findFailure, raceTime } from '../../async/deferred.ts';
import { choosePool } from '../../flow/launch/launch.ts';
import { type ProgressWatch, watchProgress } from '../../progress/progress.ts';
import type { Collected } from '../../wire/message/payload.ts';
import { PipelineCounts, type PipelineSummary } from '../stage/pipeline-counts.ts';
import { Tracker } from '../position/tracker.ts';
import type { Flow } from '../flows/flow.ts';
import { openDeadLetters } from './open-dead-letters.ts';
import { Interruption } from '../stop/interruption.ts';
import { compose } from './compose.ts';
import type { Composed } from './composed.ts';
import { closeInput, openInput } from './open-input.ts';
import type { Job, Begun, SinkWriter } from './job.ts';

/** End of a run: it may go on another time, it is done, or neither. */
type RunEnd = 'failed' | 'paused' | 'done';

/** Milliseconds that a run which has failed waits for the note of how far it was. */
const SETTLE = 5000;

/**
 * Runs a pipeline to its end. Resolves when nothing of it is left: all is written and closed. Rejects, with nothing
 * left either, with the first failure whose policy is to stop, the reason of the signal, or what a source or sink threw.
 */
export async function runPipeline(job: Job, writer: SinkWriter): Promise<PipelineSummary> {
  const interruption = Interruption.enter(job.options);
  const signal = interruption?.signal ?? job.options.signal;
  const doomed = writer.isAtomic === true ? new AbortController() : undefined;
  // What an atomic sink takes of a run that fails is taken back: a lock that the sink waits for must not keep that run.
  const waitSignal = doomed === undefined ? signal : anySignal(signal, doomed.signal);
  const portions = pullPipeline(
    { ...job, options: { ...job.options, signal } },
    endOf(writer, signal),
    interruption,
    doomed && ((reason) => doomed.abort(reason)),
  );
  try {
    for (;;) {
      const step = await portions.next();
      if (step.done === true) return step.value;
      const taking = writer.take(step.value);
      if (isPromise(taking)) await untilAborted(taking, waitSignal);
    }
  } catch (thrown) {
    // What the writer threw closes the other side, and says more than what then could not be closed.
    await portions.return(undefined as never).catch(() => {});
    throw thrown;
  } finally {
    interruption?.leave();
  }
}

/** Returns the end of a writer. An atomic one can be given up until its very end, where it may wait as well. */
function endOf(writer: SinkWriter, signal: AbortSignal | undefined): (() => Promise<void>) | undefined {
  if (writer.isAtomic !== true) return writer.end?.bind(writer);
  return async () => await untilAborted(writer.end?.() ?? Promise.resolve(), signal);
}

function anySignal(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}

/** Waits for a sink, which may take nothing for as long as it likes, but not beyond the signal. */
async function untilAborted(taking: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await taking;
    return;
  }
  let stopListening: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      stopListening = onAbort(signal, () => reject(signal.reason as Error));
      taking.then(resolve, reject);
      // The signal may have fired while the sink was called.
      if (signal.aborted) reject(signal.reason as Error);
    });
  } finally {
    stopListening?.();
  }
}

/** Gives the portions that leave the last stage. Leaving early closes the pipeline. */
export async function* pullPipeline(
  job: Job,
  onEnd?: () => Promise<void>,
  interruption?: Interruption,
  onFailure?: (reason: unknown) => void,
): AsyncGenerator<Collected, PipelineSummary, undefined> {
  const { options } = job;
  const assembled = assemble(job, interruption);
  const { composed, counts, listener } = assembled;
  const { flow, defined } = composed;
  if (onFailure !== undefined) flow.onFailure?.(onFailure);
  const progress = showProgress(options, assembled);
  const { pull, stopListening } = pullUntilAborted(flow, options.signal);
  let failure: { readonly reason: unknown } | undefined;
  let how: RunEnd = 'failed';
  let isTaking = false;
  try {
    await defined;
    for (;;) {
      const portion = await pull();
      if (portion === undefined) break;
      await listener?.taking();
      isTaking = true;
      yield portion;
      isTaking = false;
      flow.release?.(portion);
      await listener?.taken(flow.position);
      progress?.note();
    }
    options.signal?.throwIfAborted();
    // All that was taken from the source is in the sink, and that is not all that the source has.
    if (composed.isCut() && interruption?.reason !== undefined) throw interruption.reason;
    if (composed.isCut() && listener !== undefined) {
      await listener.pause();
      how = 'paused';
    } else {
      await listener?.finish();
      await onEnd?.();
      how = 'done';
    }
  } catch (thrown) {
    failure = { reason: thrown };
    throw thrown;
  } finally {
    stopListening();
    const unclosed = await findFailure(() => flow.close());
    // A portion that was half taken when the run ended is not behind it.
    if (how === 'failed' && !isTaking && listener !== undefined) await raceTime(listener.settle(), SETTLE);
    const unended = await conclude(assembled, how, progress, options);
    const broken = unclosed ?? unended;
    // What ended the run says more than what then could not be closed.
    // oxlint-disable-next-line no-unsafe-finally
    if (failure === undefined && broken !== undefined) throw broken.reason;
  }
  return counts.summarise();
}

/** A run that was put together and has not begun. */
interface Assembled extends Pick<Begun, 'letters' | 'resumed' | 'listener'> {
  readonly composed: Composed;
  readonly counts: PipelineCounts;
  /** Closes the pool, where it is of this run alone. */
  readonly closePool: () => Promise<void>;
}

function showProgress(
  options: Job['options'],
  { composed: { total }, counts, resumed }: Assembled,
): ProgressWatch | undefined {
  return watchProgress(options, () => ({
    done: counts.items,
    failed: counts.failed,
    total: total === undefined ? undefined : total + resumed,
    elapsed: counts.elapsed,
  }));
}

/** Closes what is not of the flow, and tells that the run is over. Returns why something could not be closed. */
async function conclude(
  { counts, letters, closePool }: Assembled,
  how: RunEnd,
  progress: ProgressWatch | undefined,
  { onSummary }: Job['options'],
): Promise<{ readonly reason: unknown } | undefined> {
  const broken = await closeAll([...letters.all.map((each) => each.end(how)), closePool()]);
  counts.end();
  counts.warnOfUnheard();
  // Each is told, whatever the other throws.
  const unheard = await findFailure(() => progress?.end());
  const unread = await findFailure(() => onSummary?.(counts.summarise()));
  return broken ?? unheard ?? unread;
}

function assemble(job: Job, interruption: Interruption | undefined): Assembled {
  const { specs, end, options, callSite, started } = job;
  const { pool, isOwn } = enter(job);
  const counts = started?.counts ?? new PipelineCounts();
  const { input, tracker, letters, resumed, listener } =
    job.begun ?? begin(job, interruption !== undefined || started !== undefined);
  counts.resume(resumed);
  const parts = { input, specs, letters: letters.ofStages, end, tracker };
  const { workers, store } = options;
  const composed = compose(parts, { pool, workers, store, callSite, counts });
  const context = captureContext();
  // A signal of the process comes in no context at all.
  interruption?.onStop(() => context(composed.stop));
  started?.stopSwitch.onStop(() => context(composed.stop));
  return {
    composed,
    counts,
    letters,
    resumed,
    listener,
    closePool: async () => {
      if (isOwn) await pool.close();
    },
  };
}

/** Pulls portions, and gives up the one that is awaited when the signal fires. */
function pullUntilAborted(
  flow: Flow<Collected>,
  signal: AbortSignal | undefined,
): { readonly pull: () => Promise<Collected | undefined>; readonly stopListening: () => void } {
  let cancel: ((reason: unknown) => void) | undefined;
  const stopListening = signal === undefined ? undefined : onAbort(signal, () => cancel?.(signal.reason));
  // A `Promise.race` with one promise for the whole run would keep a reaction for every portion.
  const pull = (): Promise<Collected | undefined> =>
    new Promise((resolve, reject) => {
      cancel = reject;
      signal?.throwIfAborted();
      flow.next().then(resolve, reject);
    });
  return { pull, stopListening: () => stopListening?.() };
}

/** Waits until all closings have ended, and returns the first that failed. */
async function closeAll(closings: readonly Promise<void>[]): Promise<PromiseRejectedResult | undefined> {
  const ends = await Promise.allSettled(closings);
  return ends.find((end) => end.status === 'rejected');
}

/** Chooses the pool of a run that may begin. Where the run may not, its input, which was handed over, is closed. */
function enter({ input, options, begun }: Job): ReturnType<typeof choosePool> {
  try {
    options.signal?.throwIfAborted();
    return choosePool(options);
  } catch (thrown) {
    // The input of a run that has begun another time is open, and closed by whoever opened it.
    if (begun === undefined) closeInput(input);
    throw thrown;
  }
}

/** Makes a run from the beginning, which nobody listens to. */
function begin({ input, specs }: Job, canStop: boolean): Begun {
  return {
    input: openInput(input, specs, { canStop }),
    tracker: new Tracker(false),
    letters: openDeadLetters(specs),
    resumed: 0,
    listener: undefined,
  };
}
