import { isDeepStrictEqual } from 'node:util';
import { type DeadLetter, type Pipeline, pipeline } from '../../../src/index.ts';
import { Attempt, type Ground, isolationOf, makeTask, placeOf } from './call.ts';
import { isForced, judgeAll, type Verdict } from '../programs/expected.ts';
import { type End, type Expected, expect, judgeOrdered, judgeReason, valuesBefore } from '../judge.ts';
import type { PipelineCall } from '../programs/program.ts';
import { countUntilFailure, Source } from '../programs/source.ts';
import { beginCount, countOne, type Item, numberOf, wrap } from '../programs/tasks.ts';
import type { Watch } from '../watch.ts';
import { read } from './iterable.ts';
import { checkJournal, endOf, openJournalPath, undisturbed } from './journaled.ts';

/** Observations of one run of a pipeline. */
interface Seen {
  readonly end: End;
  readonly results: unknown[];
  readonly letters: DeadLetter[];
}

/** A pipeline of one to three stages; with a journal a second time, undisturbed. */
export async function runPipeline(call: PipelineCall, ground: Ground, watch: Watch): Promise<void> {
  if (!call.options.journal) {
    const seen = await runOnce(call, ground, watch, undefined);
    judgeSeen(watch, call, ground, seen);
    return;
  }
  const path = openJournalPath(ground);
  const first = await runOnce(call, ground, watch, path);
  judgeSeen(watch, call, ground, first, true);
  await checkJournal(watch, path, first.end, call);
  const again = undisturbed(call);
  const second = await runOnce(again, ground, watch, path);
  // A letter that the first run wrote may be written again, unless a checkpoint stands behind it.
  if (call.onError) judgeLetters(watch, judgeStages(again, ground), 0, second);
  // Each result comes at least once, over both runs; the second goes on in order.
  const expected = expectPipeline(again, ground);
  const all = valuesBefore(expected, expected.firstFailure);
  if (
    !isDeepStrictEqual(second.results, all.slice(all.length - second.results.length)) &&
    second.end.is === 'done'
  )
    watch.report(`went on with ${second.results.length} results that are not the last of ${all.length}`);
  if (first.results.length + second.results.length < all.length && second.end.is === 'done')
    watch.report(`gave ${first.results.length} and then ${second.results.length} of ${all.length} results`);
}

async function runOnce(
  call: PipelineCall,
  ground: Ground,
  watch: Watch,
  journal: string | undefined,
): Promise<Seen> {
  const { items, input, options } = call;
  const attempt = new Attempt(watch, options);
  const source = new Source(items, input, watch, (pull) => attempt.pulled(pull));
  const letters: DeadLetter[] = [];
  let built: Pipeline<unknown> = build(call, source, watch);
  if (call.onError) {
    built = built.onError((letter) => {
      watch.here('onError');
      letters.push(letter);
    });
  }
  const asked = {
    ...placeOf(options, ground),
    ...attempt.listeners(),
    ...(journal !== undefined && { journal }),
  };
  attempt.begin();
  const { end, results } = await runTo(call, built, asked as never, watch);
  attempt.end();
  await watch.expectSoon('its source was not closed', () => source.isClosed);
  await watch.expectUnheard(attempt.signal);
  return { end, results, letters };
}

function build(
  { items, io, isFused, options }: PipelineCall,
  source: Source,
  watch: Watch,
): Pipeline<unknown> {
  const { chunkSize, timeout, retries } = options;
  const stage = { chunkSize, timeout, retries };
  let items_: Pipeline<Item> = pipeline(source.items);
  if (io !== undefined) {
    const { concurrency, throws, until } = io;
    items_ = items_.io(
      (item, _, { attempt }) => {
        watch.here('.io');
        if (throws.includes(numberOf(item)) && attempt < until)
          throw new RangeError(`fault of ${numberOf(item)}`);
        return item;
      },
      { concurrency, retries: { retries, delay: 1 } },
    ) as Pipeline<Item>;
  }
  const computed: Pipeline<unknown> = items_.cpu(makeTask(items), stage);
  return isFused ? computed.cpu(wrap, { chunkSize }) : computed;
}

async function runTo(
  call: PipelineCall,
  built: Pipeline<unknown>,
  options: never,
  watch: Watch,
): Promise<{ end: End; results: unknown[] }> {
  const results: unknown[] = [];
  const take =
    (callback: string) =>
    (result: unknown): void => {
      watch.here(callback);
      results.push(result);
    };
  const running = (): Promise<unknown> => {
    switch (call.end) {
      case 'run':
        return built.tap(take('.tap')).run(options);
      case 'forEach':
        return built.forEach(take('.forEach'), options);
      case 'count':
        return built.count(options).then((count) => results.push(count));
      case 'reduce': {
        const fold = { init: beginCount, step: countOne, merge: (a: number, b: number) => a + b };
        return built.reduce(fold, options).then((count) => results.push(count));
      }
      default:
        return built.toArray(options).then((all) => results.push(...all));
    }
  };
  if (call.end === 'iterate') return await read(watch, 'the pipeline', built.iterate(options), call.reading);
  return { end: await endOf(watch, `the pipeline (${call.end})`, running()), results };
}

/** The plain loop over all stages, before any failure is left out. */
function judgeStages({ items, input, options, io, isFused, end }: PipelineCall, ground: Ground): Verdict[] {
  const staysOnWorkers = end === 'count' || end === 'reduce';
  return judgeAll(items, options, isolationOf(options, ground))
    .slice(0, countUntilFailure(items, input))
    .map((verdict, n): Verdict => {
      if (io?.throws.includes(n) === true && io.until > options.retries + 1)
        return { is: 'failed', error: 'TaskError', attempts: [options.retries + 1] };
      const act = items.acts.find(([position]) => position === n)?.[1];
      // What does not leave its worker need not be cloneable.
      if (act?.act === 'uncloneable' && staysOnWorkers)
        return { is: 'given', values: ['rows'], isExpanded: false, attempts: 1, stops: false };
      if (verdict.is !== 'given' || !isFused) return verdict;
      return { ...verdict, values: verdict.values.map((value) => ({ value })) };
    });
}

function expectPipeline(call: PipelineCall, ground: Ground): Expected {
  const { items, input, options, onError } = call;
  const verdicts = judgeStages(call, ground).map((verdict): Verdict =>
    verdict.is === 'failed' && onError ? { is: 'skipped' } : verdict,
  );
  return expect(verdicts, {
    sourceFails: countUntilFailure(items, input) !== undefined,
    forgets: input.as === 'stream',
    canAbort: options.abort !== undefined,
    canBeClosed: isForced(options),
  });
}

/** Each item that failed before `halt` is one letter, and nothing else is. */
function judgeLetters(watch: Watch, stages: readonly Verdict[], halt: number, { end, letters }: Seen): void {
  const told = letters.map(({ item }) => numberOf(item as Item));
  if (new Set(told).size !== told.length) watch.report(`an item is a dead letter twice: ${told.join()}`);
  for (const n of told) if (stages[n]?.is !== 'failed') watch.report(`item ${n} is a dead letter`);
  if (end.is !== 'done') return;
  stages.slice(0, halt).forEach(({ is }, n) => {
    if (is === 'failed' && !told.includes(n)) watch.report(`item ${n} failed and is no dead letter`);
  });
}

/** @param isKept - Whether a journal knows where the run stands: what a failed chunk gave comes when the run goes on. */
function judgeSeen(watch: Watch, call: PipelineCall, ground: Ground, seen: Seen, isKept = false): void {
  const expected = expectPipeline(call, ground);
  const stages = judgeStages(call, ground);
  const { end, results } = seen;
  if (call.end === 'count' || call.end === 'reduce') {
    const all = valuesBefore(expected, expected.firstFailure).length;
    if (end.is === 'failed') judgeReason(watch, expected, end.reason);
    else if (results[0] !== all) watch.report(`counted ${String(results[0])} of ${all}`);
    else judgeOrdered(watch, expected, valuesBefore(expected, expected.firstFailure), end, false);
  } else if (call.end === 'toArray' && end.is === 'failed') judgeReason(watch, expected, end.reason);
  else judgeOrdered(watch, expected, results, end, !isKept);
  if (call.onError) judgeLetters(watch, stages, expected.halt, seen);
}
