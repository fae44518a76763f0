import { onAbort } from '../../flow/run/abort.ts';
import { choosePool } from '../../flow/run/launch.ts';
import type { CallSite } from '../../flow/failure/failures.ts';
import type { Input } from '../../flow/source/open-source.ts';
import { watchProgress } from '../../progress.ts';
import type { Collected } from '../../wire/payload.ts';
import type { RunOptions } from '../run-options.ts';
import type { Spec } from '../specs.ts';
import { PipelineTally, type PipelineSummary } from '../tally.ts';
import { compose, type EndForm } from './compose.ts';

/** One run of a pipeline. */
export interface Job {
  readonly input: Input<unknown>;
  readonly specs: readonly Spec[];
  readonly end: EndForm;
  readonly options: RunOptions;
  readonly callSite: CallSite;
}

/** What takes the portions that leave the last stage. */
export interface Taker {
  /** Calls do not overlap. */
  take(portion: Collected): void | Promise<void>;
  /** All were taken: the last thing that can fail. */
  end?(): Promise<void>;
}

/**
 * Runs a pipeline to its end. Resolves when nothing of it is left: all is written and closed. Rejects, with nothing
 * left either, with the first failure whose policy is to stop, the reason of the signal, or what a source or sink threw.
 */
export async function runPipeline(job: Job, taker: Taker): Promise<PipelineSummary> {
  const portions = pullPipeline(job, taker.end?.bind(taker));
  try {
    for (;;) {
      const step = await portions.next();
      if (step.done === true) return step.value;
      const taking = taker.take(step.value);
      if (taking instanceof Promise) await untilAborted(taking, job.options.signal);
    }
  } catch (thrown) {
    // What the taker threw closes the other side, and says more than what then could not be closed.
    await portions.return(undefined as never).catch(() => {});
    throw thrown;
  }
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
      // It may have fired while the sink was called.
      if (signal.aborted) reject(signal.reason as Error);
    });
  } finally {
    stopListening?.();
  }
}

/** The portions that leave the last stage. Leaving early closes the pipeline. */
export async function* pullPipeline(
  { input, specs, end, options, callSite }: Job,
  onEnd?: () => Promise<void>,
): AsyncGenerator<Collected, PipelineSummary, undefined> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { pool, isOwn } = choosePool(options);
  const tally = new PipelineTally();
  const { flow, letters, defined, total } = compose(input, specs, end, {
    pool,
    workers: options.workers,
    callSite,
    tally,
  });
  const progress = watchProgress(options, () => ({
    done: tally.items,
    failed: tally.failed,
    total,
    elapsed: tally.elapsed,
  }));
  let cancel: ((reason: unknown) => void) | undefined;
  const stopListening = signal === undefined ? undefined : onAbort(signal, () => cancel?.(signal.reason));
  // No `Promise.race` with one promise for the whole run: that would keep a reaction for every portion.
  const pull = (): Promise<Collected | undefined> =>
    new Promise((resolve, reject) => {
      cancel = reject;
      signal?.throwIfAborted();
      flow.next().then(resolve, reject);
    });
  let hasFailed = true;
  try {
    await defined;
    for (;;) {
      const portion = await pull();
      if (portion === undefined) break;
      yield portion;
      progress?.note();
    }
    signal?.throwIfAborted();
    await onEnd?.();
    hasFailed = false;
  } finally {
    stopListening?.();
    try {
      await flow.close();
    } finally {
      const closings = await Promise.allSettled([
        ...letters.map((each) => each.end()),
        ...(isOwn ? [pool.close()] : []),
      ]);
      tally.end();
      tally.warnOfUnheard();
      progress?.end();
      options.onSummary?.(tally.summarise());
      const broken = closings.find((closing) => closing.status === 'rejected');
      // What ended the run says more than what then could not be closed.
      // oxlint-disable-next-line no-unsafe-finally
      if (!hasFailed && broken !== undefined) throw broken.reason;
    }
  }
  return tally.summarise();
}
