import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Sink, SinkRun } from '../../bytes/sink.ts';
import { JournalError } from '../../errors/journal-error.ts';
import { InputChanged } from '../../journal/input-changed.ts';
import type { Journal } from '../../journal/journal.ts';
import type { JournalRecord } from '../../journal/lines/line.ts';
import type { JournalSettings } from '../../options/journal-option.ts';
import { RootSource } from '../root/root-source.ts';
import { openDeadLetters } from '../run/open-dead-letters.ts';
import { closeInput, type OpenedInput, openInput, reopenInput } from '../run/open-input.ts';
import { runPipeline } from '../run/run-pipeline.ts';
import type { Job } from '../run/job.ts';
import { chooseEnd, makeSinkWriter, openWriter, type Writer } from '../run/sink-writer.ts';
import { giveUp } from '../stage/give-up.ts';
import { PipelineCounts, type PipelineSummary } from '../stage/pipeline-counts.ts';
import { Checkpointer } from './checkpointer.ts';
import { identifyRun } from './identity.ts';
import { type KeptPoint, RecalledPoint, type Saved } from '../position/saved.ts';
import { Tracker } from '../position/tracker.ts';

/**
 * Runs a pipeline with a journal: goes on where the same run ended another time, and notes how far it comes.
 *
 * @param sink - `undefined` where the run is for its effects.
 */
export async function runJournaled(
  job: Omit<Job, 'end'>,
  sink: Sink<never> | undefined,
  settings: JournalSettings,
): Promise<PipelineSummary> {
  const { input, specs } = job;
  const recalled = new RecalledPoint();
  let checkpointer: Checkpointer | undefined;
  const { path } = settings;
  const onFailure = (error: JournalError): void => checkpointer?.fail(error);
  const journal = await openFor(job, sink, settings, recalled, onFailure);
  let writer: Writer | undefined;
  let opened: OpenedInput | undefined;
  try {
    let { isEnded } = recalled;
    const describe = (state: unknown, number: number): SinkRun =>
      describeSink(job, namePlace(path, number), { id: journal.run, state, isEnded }, number === 0);
    writer = sink && (await openWriter(sink, describe(recalled.saved?.sink, 0)));
    // What was kept with the results is never older than what the journal says.
    const kept = writer?.kept?.point as KeptPoint | undefined;
    if (kept !== undefined) isEnded = kept.type === 'ended';
    const saved: Saved | undefined = kept === undefined ? recalled.saved : { ...kept, sink: undefined };
    const letters = openDeadLetters(specs, (number) => describe(saved?.letters[number], number + 1));
    if (isEnded) {
      if (saved?.read !== undefined) await assertSame(job, saved);
      await writer?.end();
      for (const each of letters.all) await each.end('done');
      if (!recalled.isComplete) noteEnd(journal, saved?.done ?? 0);
      return await summariseResumed(job, saved?.done ?? 0);
    }
    const isAnew = saved === undefined;
    opened = isAnew ? openInput(input, specs, { isTracked: true }) : await reopenInput(input, specs, saved);
    const root = opened.kind === 'items' && opened.source instanceof RootSource ? opened.source : undefined;
    if (opened.kind === 'items') await opened.reader?.ready;
    const tracker = new Tracker(true, saved?.point);
    if (isAnew) noteBeginning(journal, opened);
    const listener = new Checkpointer({ journal, tracker, letters: letters.all, writer, root });
    checkpointer = listener;
    const summary = await runPipeline(
      {
        ...job,
        end: chooseEnd(writer),
        begun: { input: opened, tracker, letters, listener, resumed: saved?.point.flows[0]?.index ?? 0 },
      },
      makeSinkWriter(writer),
    );
    if (!listener.isPaused) noteEnd(journal, summary.items);
    return summary;
  } catch (thrown) {
    await giveUp(writer);
    await closeOpened(input, opened);
    throw thrown instanceof InputChanged ? describeChange(path, thrown) : thrown;
  } finally {
    await journal.close();
  }
}

/** Opens the journal. Where that fails, nothing of the run is open. */
async function openFor(
  { input, specs, options }: Omit<Job, 'end'>,
  sink: Sink<never> | undefined,
  { path, onMismatch }: JournalSettings,
  recalled: RecalledPoint,
  onFailure: (error: JournalError) => void,
): Promise<Journal> {
  try {
    options.signal?.throwIfAborted();
    // The journal is loaded on demand: most programs have none.
    const { openJournal } = await import('../../journal/open-journal.ts');
    const identity = await identifyRun(input, specs, sink, options.store);
    const onRecord = (record: JournalRecord): void => recalled.add(record);
    return await openJournal({ path, onMismatch, identity, onRecord, onFailure });
  } catch (thrown) {
    closeInput(input);
    throw thrown;
  }
}

function describeSink(
  { input, options }: Omit<Job, 'end'>,
  place: string,
  { id, state, isEnded }: Pick<SinkRun, 'id' | 'state' | 'isEnded'>,
  isMain: boolean,
): SinkRun {
  return {
    id,
    place,
    // JSON has made null of the state of a sink that had nothing to keep.
    state: state ?? undefined,
    isEnded,
    ...(isMain && { input, signal: options.signal }),
  };
}

/** Closes an input that may not have come to the run that would close it. */
async function closeOpened(input: Job['input'], opened: OpenedInput | undefined): Promise<void> {
  if (opened === undefined) closeInput(input);
  else if (opened.kind === 'items') await opened.source.close().catch(() => {});
}

/** Names the place of a sink, which tells the temporary files of one journal's sinks from those of others. */
function namePlace(path: string, number: number): string {
  const place = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 12);
  return number === 0 ? place : `${place}-${number}`;
}

/** Notes where a source begins that goes on by itself: what it gives while no run is there is not to be lost. */
function noteBeginning(journal: Journal, opened: OpenedInput): void {
  if (opened.kind !== 'items' || opened.reader === undefined) return;
  const source = { kind: 'place', items: 0, at: opened.reader.move([]) } as const;
  const point = { source, flows: [], letters: [] };
  journal.append({ type: 'point', point, done: 0, isWhole: false, letters: [] } as unknown as JournalRecord);
}

function noteEnd(journal: Journal, total: number): void {
  journal.append({ type: 'end', total } as JournalRecord);
}

/** Rejects unless the input is still that of a run which has come to its end. */
async function assertSame({ input, specs }: Omit<Job, 'end'>, { read, isWhole }: Saved): Promise<void> {
  if (read === undefined) return;
  const { source } = openInput(input, specs, { isTracked: true }) as unknown as { source: RootSource };
  try {
    await source.skip(read);
    if (isWhole) await source.assertEnded();
  } finally {
    await source.close();
  }
}

/** Summarises a run that had nothing left to do. */
async function summariseResumed({ options }: Omit<Job, 'end'>, resumed: number): Promise<PipelineSummary> {
  const counts = new PipelineCounts();
  counts.resume(resumed);
  counts.end();
  const summary = counts.summarise();
  await (options.onSummary?.(summary) as unknown);
  return summary;
}

function describeChange(path: string, cause: InputChanged): JournalError {
  return new JournalError(
    `The input has changed since the journal ${path} was written: ${cause.message}. ` +
      `Give the same input, or remove the journal to start over.`,
    { path, reason: 'mismatch', changed: ['input'] },
    { cause },
  );
}
