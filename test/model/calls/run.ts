import { isDeepStrictEqual } from 'node:util';
import { currentContext, ItemError, run, type TaskContext, WorkerError } from '../../../src/index.ts';
import { describe, show } from '../judge.ts';
import { isForced, judgeAll, judgeNested, makeItem, type Verdict } from '../programs/expected.ts';
import { performNested } from '../programs/nested-task.ts';
import type { RunCall } from '../programs/program.ts';
import { assertStore, type Item, perform, performCall, performStored, storeOf } from '../programs/tasks.ts';
import { Hang, type Watch } from '../watch.ts';
import { Attempt, type Ground, isolationOf, placeOf, REASON } from './call.ts';

/** A call of `run` for each item, all at once or in bursts; what is a closure is captured for each. */
export async function runCalls(call: RunCall, ground: Ground, watch: Watch): Promise<void> {
  const { items, options, burst, hasStore, isNested } = call;
  const attempt = new Attempt(watch, options);
  const isolation = isolationOf(options, ground);
  const verdicts = (isNested ? judgeNested : judgeAll)(items, options, isolation);
  const { pool } = placeOf(options, ground);
  const most = mostAtOnce(options, pool);
  const { signal } = attempt.listeners();
  attempt.begin();
  const task = makeCalled(call);
  const make = (verdict: Verdict, n: number): Promise<void> => {
    const item = makeItem(items, n);
    attempt.pulled(n);
    // Some calls can be ended, and so have a queue of their own; the others share one.
    const ends = signal !== undefined && n % 2 === 0;
    const called = run(task, [item, options.retries], {
      pool,
      timeout: options.timeout,
      retries: isNested ? 0 : attempt.retries(),
      ...(ends && { signal }),
      ...(hasStore && { store: storeOf(item) }),
    });
    return judgeCall(watch, call, { n, verdict, ends, isOver: n % burst >= most }, called);
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

/** Number of calls that a pool takes which has none. */
function mostAtOnce({ pool }: RunCall['options'], made: { readonly workers?: number } | undefined): number {
  const maxQueue = typeof pool === 'object' ? pool.spec.maxQueue : undefined;
  return maxQueue === undefined ? Infinity : maxQueue + (made?.workers ?? Infinity);
}

type Called = (item: Item, retries: number) => unknown;

function makeCalled({ items: { payload, acts }, hasStore, isNested }: RunCall): Called {
  if (isNested) return performNested as Called;
  if (payload === 'objects') return (hasStore ? performStored : performCall) as Called;
  const script = Object.fromEntries(acts);
  return (item) => {
    if (hasStore) assertStore(item);
    const act = script[typeof item === 'object' ? item.n : Number(item)];
    return perform(act, item, currentContext() as TaskContext);
  };
}

interface Judged {
  readonly n: number;
  readonly verdict: Verdict;
  /** Whether the call has a signal. */
  readonly ends: boolean;
  /** Whether as many calls as the pool takes were made before, and at once with it. */
  readonly isOver: boolean;
}

async function judgeCall(
  watch: Watch,
  call: RunCall,
  judged: Judged,
  called: Promise<unknown>,
): Promise<void> {
  const { options } = call;
  const { n, verdict, isOver } = judged;
  let value: unknown;
  try {
    value = await watch.settled(`call ${n}`, called);
  } catch (thrown) {
    if (thrown instanceof Hang) throw thrown;
    judgeThrown(watch, call, judged, thrown);
    return;
  }
  watch.here('what comes behind a call');
  if (isOver && options.abort === undefined) watch.report(`call ${n} was taken by a pool that is full`);
  if (verdict.is === 'failed') watch.report(`call ${n} gave ${show(value)} instead of ${verdict.error}`);
  const due = verdict.is === 'given' ? (verdict.isExpanded ? verdict.values : verdict.values[0]) : undefined;
  if (verdict.is !== 'failed' && !isDeepStrictEqual(value, due))
    watch.report(`call ${n} gave ${show(value)} instead of ${show(due)}`);
}

function judgeThrown(
  watch: Watch,
  call: RunCall,
  { n, verdict, ends, isOver }: Judged,
  thrown: unknown,
): void {
  const { options } = call;
  if (thrown === REASON) {
    if (!ends || options.abort === undefined) watch.report(`call ${n} was aborted, by nobody`);
  } else if (thrown instanceof WorkerError && thrown.reason === 'closed') {
    if (!isForced(options)) watch.report(`call ${n} was closed, by nobody`);
  } else if (thrown instanceof WorkerError && thrown.reason === 'full') {
    if (!isOver) watch.report(`call ${n} was refused by a pool that takes it`);
  } else if (isOver && options.abort === undefined) {
    watch.report(`call ${n} was not refused by a pool that is full, but failed: ${describe(thrown)}`);
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
  } else if (thrown.name === 'TaskError' && !isOwnFault(call, n, thrown)) {
    watch.report(`call ${n} has another's cause: ${describe(thrown.cause)}`);
  }
}

/** Tells whether a task failed as its item says; one that makes a call in turn fails with the error of that. */
function isOwnFault({ items, isNested }: RunCall, n: number, { cause }: Error): boolean {
  if (!isNested) return (cause as Error | undefined)?.message === `fault of ${n}`;
  const inner = cause as Partial<Error> | undefined;
  const act = items.acts.find(([position]) => position === n)?.[1].act;
  if (act === 'uncloneable') return inner?.name === 'CloneError';
  return inner?.name === 'TaskError' && (inner.cause as Error | undefined)?.message === `fault of ${n}`;
}
