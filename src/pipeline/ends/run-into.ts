import type { ByteWriter, Sink, ValueWriter } from '../../bytes/sink.ts';
import { createDeferred, raceTime } from '../../async/deferred.ts';
import { onAbort } from '../../async/on-abort.ts';
import type { CallSite } from '../../errors/call-site.ts';
import { type JournalSettings, resolveJournal } from '../../options/journal-option.ts';
import { assertResumable } from '../journal/assert-resumable.ts';
import type { EndForm } from '../run/composed.ts';
import { closeInput } from '../run/open-input.ts';
import { runPipeline } from '../run/run-pipeline.ts';
import type { Job, SinkWriter } from '../run/job.ts';
import { assertWriter, chooseEnd, makeSinkWriter } from '../run/sink-writer.ts';
import { giveUp } from '../stage/give-up.ts';
import { type RunOptions, takeRunOptions } from '../stage/run-options.ts';
import type { Description } from './description.ts';
import type { StartedJob } from '../stop/started.ts';
import type { PipelineSummary } from '../stage/pipeline-counts.ts';

/** Milliseconds for which a sink that the signal has found half open is waited for. */
const SETTLE = 1000;

/** Call of an end of a pipeline: its options, and the place where it was made. */
export interface EndCall {
  readonly options: RunOptions;
  readonly callSite: CallSite;
  /** Switch that ends a run that was started, and the counts of that run. */
  readonly started?: StartedJob | undefined;
}

/** Checks the options of an end, and gives its call a copy of its own. */
export function takeCall(call: EndCall, canResume = false): EndCall {
  return { ...call, options: takeRunOptions(call.options, canResume) };
}

/** Throws where a run cannot resume that is to have a journal. Returns the settings of that. */
export function assertJournaled(
  { input, specs }: Description,
  { options }: EndCall,
  sink: Sink<never> | undefined,
): JournalSettings | undefined {
  const settings = resolveJournal(options.journal);
  if (settings !== undefined) assertResumable(input, specs, sink);
  return settings;
}

/** Runs a pipeline into a sink, or for its effects; with a journal, from where an earlier run has come to. */
export async function runInto<T>(
  description: Description,
  sink: Sink<T> | undefined,
  given: EndCall,
): Promise<PipelineSummary> {
  const call = takeCall(given, true);
  const settings = assertJournaled(description, call, sink);
  if (settings !== undefined) {
    const { runJournaled } = await import('../journal/run-journaled.ts');
    return await runJournaled({ ...description, ...call }, sink, settings);
  }
  if (sink === undefined) return await runTo(description, { kind: 'count' }, { take: () => {} }, call);
  const writer = await openSink(description, sink, call.options.signal);
  try {
    return await runTo(description, chooseEnd(writer), makeSinkWriter(writer), call);
  } catch (thrown) {
    await giveUp(writer);
    throw thrown;
  }
}

/** Runs a pipeline, and hands each portion of its results to `writer`. */
export async function runTo(
  description: Description,
  end: EndForm,
  writer: SinkWriter,
  call: EndCall,
): Promise<PipelineSummary> {
  return await runPipeline(makeJob(description, end, call), writer);
}

export function makeJob(
  { input, specs }: Description,
  end: EndForm,
  { options, callSite, started }: EndCall,
): Job {
  return { input, specs, end, options, callSite, started };
}

/** Waits for a sink to open, but not long beyond the signal: one that opens later is given up. */
async function openInTime<T>(
  opening: Promise<ByteWriter | ValueWriter<T>>,
  signal: AbortSignal | undefined,
): Promise<ByteWriter | ValueWriter<T>> {
  if (signal === undefined) return await opening;
  const fired = createDeferred<typeof signal>();
  const stopListening = onAbort(signal, () => fired.resolve(signal));
  if (signal.aborted) fired.resolve(signal);
  try {
    const first = await Promise.race([opening, fired.promise]);
    if (first !== signal) return first as ByteWriter | ValueWriter<T>;
  } finally {
    stopListening();
  }
  const givenUp = Promise.resolve(opening).then(giveUp);
  await raceTime(givenUp, SETTLE).catch(() => {});
  throw signal.reason;
}

/**
 * Opens the sink of a run. A run that has nowhere to write does not come to its input, which was handed over all the
 * same.
 */
async function openSink<T>(
  { input }: Description,
  sink: Sink<T>,
  signal: AbortSignal | undefined,
): Promise<ByteWriter | ValueWriter<T>> {
  try {
    signal?.throwIfAborted();
    return assertWriter(await openInTime(sink.open({ input, signal }), signal));
  } catch (thrown) {
    closeInput(input);
    throw thrown;
  }
}
