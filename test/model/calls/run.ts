import { isDeepStrictEqual } from 'node:util';
import { currentContext, ItemError, run, type TaskContext, WorkerError } from '../../../src/index.ts';
import { describe, show } from '../judge.ts';
import { isForced, judgeAll, makeItem, type Verdict } from '../programs/expected.ts';
import type { RunCall } from '../programs/program.ts';
import { type Item, perform, performCall } from '../programs/tasks.ts';
import { Hang, type Watch } from '../watch.ts';
import { Attempt, type Ground, isolationOf, placeOf, REASON } from './call.ts';

/** A call of `run` for each item, all at once or in bursts; what is a closure is captured for each. */
export async function runCalls(call: RunCall, ground: Ground, watch: Watch): Promise<void> {
  const { items, options, burst } = call;
  const attempt = new Attempt(watch, options);
  const verdicts = judgeAll(items, options, isolationOf(options, ground));
  const { pool } = placeOf(options, ground);
  const { signal } = attempt.listeners();
  attempt.begin();
  const task = makeCalled(call);
  const make = (verdict: Verdict, n: number): Promise<void> => {
    const item = makeItem(items, n);
    attempt.pulled(n);
    // Some calls can be ended, and so have a queue of their own; the others share one.
    const ends = signal !== undefined && n % 2 === 0;
    const called = run(task, [item], {
      pool,
      timeout: options.timeout,
      retries: attempt.retries(),
      ...(ends && { signal }),
    });
    return judgeCall(watch, call, { n, verdict, ends }, called);
  };
  for (let from = 0; from < verdicts.length; from += burst) {
    const calls = verdicts.slice(from, from + burst).map((verdict, at) => make(verdict, from + at));
    await Promise.all(calls);
    // The pool may be closed now.
    if (isForced(options)) break;
  }
  attempt.end();
  await watch.expectUnheard(attempt.signal);
}

function makeCalled({ items: { payload, acts } }: RunCall): (item: Item) => unknown {
  if (payload === 'objects') return performCall as (item: Item) => unknown;
  const script = Object.fromEntries(acts);
  return (item) =>
    perform(script[typeof item === 'object' ? item.n : Number(item)], item, currentContext() as TaskContext);
}

interface Judged {
  readonly n: number;
  readonly verdict: Verdict;
  /** Whether the call has a signal. */
  readonly ends: boolean;
}

async function judgeCall(
  watch: Watch,
  { options }: RunCall,
  { n, verdict, ends }: Judged,
  called: Promise<unknown>,
): Promise<void> {
  let value: unknown;
  try {
    value = await watch.settled(`call ${n}`, called);
  } catch (thrown) {
    if (thrown instanceof Hang) throw thrown;
    judgeThrown(watch, options, { n, verdict, ends }, thrown);
    return;
  }
  watch.here('what comes behind a call');
  if (verdict.is === 'failed') watch.report(`call ${n} gave ${show(value)} instead of ${verdict.error}`);
  const due = verdict.is === 'given' ? (verdict.isExpanded ? verdict.values : verdict.values[0]) : undefined;
  if (verdict.is !== 'failed' && !isDeepStrictEqual(value, due))
    watch.report(`call ${n} gave ${show(value)} instead of ${show(due)}`);
}

function judgeThrown(
  watch: Watch,
  options: RunCall['options'],
  { n, verdict, ends }: Judged,
  thrown: unknown,
): void {
  if (thrown === REASON) {
    if (!ends || options.abort === undefined) watch.report(`call ${n} was aborted, by nobody`);
  } else if (thrown instanceof WorkerError && thrown.reason === 'closed') {
    if (!isForced(options)) watch.report(`call ${n} was closed, by nobody`);
  } else if (!(thrown instanceof ItemError)) {
    watch.report(`call ${n} rejected with ${describe(thrown)}`);
  } else if (verdict.is !== 'failed') {
    watch.report(`call ${n} failed, though it is ${verdict.is}: ${describe(thrown)}`);
  } else if (verdict.error !== thrown.name) {
    watch.report(`call ${n} has no ${verdict.error}: ${describe(thrown)}`);
  } else if (!verdict.attempts.includes(thrown.attempts)) {
    watch.report(
      `call ${n} failed after ${thrown.attempts} tries instead of ${verdict.attempts.join(' or ')}`,
    );
  } else if (
    thrown.name === 'TaskError' &&
    (thrown.cause as Error | undefined)?.message !== `fault of ${n}`
  ) {
    watch.report(`call ${n} has another's cause: ${describe(thrown.cause)}`);
  }
}
