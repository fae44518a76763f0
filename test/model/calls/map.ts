import { isDeepStrictEqual } from 'node:util';
import { parallelMap, parallelMapSettled, type Settled } from '../../../src/index.ts';
import { Attempt, type Ground, isolationOf, makeTask, placeOf } from './call.ts';
import { isForced, judgeAll, type Verdict } from '../programs/expected.ts';
import {
  describe,
  type End,
  type Expected,
  expect,
  judgeError,
  judgeOrdered,
  judgeReason,
  show,
} from '../judge.ts';
import type { MapCall } from '../programs/program.ts';
import { countUntilFailure, Source } from '../programs/source.ts';
import { type Item, numberOf } from '../programs/tasks.ts';
import type { Watch } from '../watch.ts';
import { ItemError } from '../../../src/index.ts';
import { checkJournal, endOf, keepCall, type Kept, undisturbed } from './journaled.ts';

/** `parallelMap` and `parallelMapSettled`; with a journal a second time, undisturbed. */
export async function runMap(call: MapCall, ground: Ground, watch: Watch): Promise<void> {
  const kept = call.options.journal ? keepCall(ground) : undefined;
  const end = await runOnce(call, ground, watch, kept);
  if (kept === undefined) return;
  await checkJournal(watch, kept.path, end, call);
  await runOnce(undisturbed(call), ground, watch, kept);
}

async function runOnce(call: MapCall, ground: Ground, watch: Watch, kept: Kept | undefined): Promise<End> {
  const { items, input, options } = call;
  const attempt = new Attempt(watch, options);
  const source = new Source(items, input, watch, (pull) => attempt.pulled(pull));
  const expected = expectCall(call, ground);
  const asked = {
    ...placeOf(options, ground),
    ...attempt.listeners(),
    chunkSize: options.chunkSize,
    timeout: options.timeout,
    retries: attempt.retries(),
    ...kept?.options,
    ...(call.cost &&
      input.as === 'array' && {
        cost: (item: Item) => {
          watch.here('cost');
          return numberOf(item) % 5;
        },
      }),
  };
  attempt.begin();
  const run = call.kind === 'map' ? parallelMap : parallelMapSettled;
  const running: Promise<unknown[]> = run(source.items, makeTask(items), asked);
  let results: unknown[] = [];
  const end = await endOf(
    watch,
    call.kind,
    running.then((given) => void (results = given)),
  );
  attempt.end();
  if (call.kind === 'settled') judgeSettled(watch, expected, results as Settled<unknown>[], end);
  else if (end.is === 'done') judgeOrdered(watch, expected, results, end, false);
  else if (end.is === 'failed') judgeReason(watch, expected, end.reason);
  if (attempt.summaries !== (options.abort?.at === 'before' ? 0 : 1))
    watch.report(`told its summary ${attempt.summaries} times`);
  await watch.expectSoon('its source was not closed', () => source.isClosed);
  await watch.expectUnheard(attempt.signal);
  return end;
}

/** Gives the plain loop's answer for a call's items, up to where its source fails. */
export function expectCall(
  { items, input, options }: Pick<MapCall, 'items' | 'input' | 'options'>,
  ground: Ground,
): Expected {
  const failure = countUntilFailure(items, input);
  const verdicts = judgeAll(items, options, isolationOf(options, ground)).slice(0, failure);
  return expect(verdicts, {
    sourceFails: failure !== undefined,
    forgets: input.as === 'stream',
    canAbort: options.abort !== undefined,
    canBeClosed: isForced(options),
  });
}

function judgeSettled(
  watch: Watch,
  expected: Expected,
  outcomes: readonly Settled<unknown>[],
  end: End,
): void {
  const { verdicts, halt, sourceFails } = expected;
  if (end.is !== 'done') {
    if (end.is === 'failed' && typeof judgeReason(watch, expected, end.reason) === 'number')
      watch.report(`rejected for an item: ${describe(end.reason)}`);
    return;
  }
  if (sourceFails && halt === Infinity) watch.report('resolved, though its source fails');
  const counted = verdicts.slice(0, halt + 1).filter(({ is }) => is !== 'stopped');
  if (outcomes.length !== counted.length)
    watch.report(`gave ${outcomes.length} outcomes of ${counted.length}`);
  outcomes.forEach((outcome, index) => {
    const verdict = counted[index];
    if (outcome.index !== index) watch.report(`outcome ${index} says that it is ${outcome.index}`);
    if (verdict !== undefined) judgeOutcome(watch, verdict, outcome);
  });
}

function judgeOutcome(watch: Watch, verdict: Verdict, outcome: Settled<unknown>): void {
  const { index, attempts } = outcome;
  if (outcome.status === 'rejected') {
    if (!(outcome.reason instanceof ItemError)) watch.report(`item ${index} has ${describe(outcome.reason)}`);
    else {
      judgeError(watch, verdict, outcome.reason);
      if (outcome.reason.index !== index)
        watch.report(`item ${index} has the error of ${outcome.reason.index}`);
    }
    return;
  }
  if (outcome.status === 'skipped') {
    if (verdict.is !== 'skipped') watch.report(`item ${index} is skipped instead of ${verdict.is}`);
    return;
  }
  if (verdict.is !== 'given') {
    watch.report(`item ${index} is fulfilled instead of ${verdict.is}`);
    return;
  }
  const value = verdict.isExpanded ? verdict.values : verdict.values[0];
  if (!isDeepStrictEqual(outcome.value, value))
    watch.report(`item ${index} gave ${show(outcome.value)} instead of ${show(value)}`);
  if (attempts !== verdict.attempts)
    watch.report(`item ${index} took ${attempts} tries instead of ${verdict.attempts}`);
}
