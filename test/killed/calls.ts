import assert from 'node:assert/strict';
import {
  type ItemError,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  pipeline,
  type Pool,
  type Remote,
  spawn,
  WorkerError,
} from 'telar';
import { type Slow, type SlowItem, Unhurried, work } from '../fixtures/tasks/unhurried.ts';
import type { Trial } from './trial.ts';

/** Number of items of each call. */
export const COUNT = 20;
const CALLS = 12;

/** Runs calls of every form on the pool at once. Gives the errors of the items that failed, each of which was judged. */
export async function runCalls(pool: Pool, trial: Trial, mark: string): Promise<ItemError[]> {
  const items: SlowItem[] = Array.from({ length: COUNT }, (_, n) => ({
    n,
    mark: n === trial.leavesExit ? mark : undefined,
  }));
  const { chunkSize, retries } = trial;
  const options = { pool, chunkSize, retries };
  const failed: ItemError[] = [];
  const fail = (reason: unknown): void => {
    assert.ok(reason instanceof WorkerError || isUnloadable(reason), String(reason));
    assert.ok(reason.index >= 0 && reason.index < COUNT);
    failed.push(reason);
  };
  const running = [
    runMap(parallelMap(items, work, options), fail),
    runIterable(parallelMapIterable(items, work, options), fail),
    runSettled(parallelMapSettled(items, work, options), fail),
    runPipeline(
      (letter) =>
        pipeline(items).cpu(work, { retries, chunkSize }).onError(({ error }) => letter(error)).toArray({ pool }),
      fail,
    ),
  ]; // prettier-ignore
  // Each call comes to its end, also where another has not come to the right one.
  const ends = await Promise.allSettled(running);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return failed;
}

/** The second death of workers that load a task condemns it. */
function isUnloadable(reason: unknown): reason is ItemError {
  return /could not be loaded: Error: the worker (crashed|exited)/.test(String(reason));
}

type Fail = (reason: unknown) => void;

function assertRight(results: readonly Slow[], left: ReadonlySet<number> = new Set(), until = COUNT): void {
  const due = Array.from({ length: until }, (_, n) => ({ n, twice: 2 * n }));
  assert.deepEqual(
    results,
    due.filter(({ n }) => !left.has(n)),
  );
}

async function runMap(call: Promise<Slow[]>, fail: Fail): Promise<void> {
  let results: Slow[];
  try {
    results = await call;
  } catch (reason) {
    fail(reason);
    return;
  }
  assertRight(results);
}

async function runIterable(call: AsyncIterable<Slow>, fail: Fail): Promise<void> {
  const results: Slow[] = [];
  let until = COUNT;
  try {
    for await (const result of call) results.push(result);
  } catch (reason) {
    fail(reason);
    until = (reason as ItemError).index;
  }
  assertRight(results, undefined, until);
}

async function runSettled(call: ReturnType<typeof parallelMapSettled<SlowItem, Slow>>, fail: Fail): Promise<void> {
  const outcomes = await call;
  assert.equal(outcomes.length, COUNT);
  outcomes.forEach((outcome, index) => {
    assert.ok(outcome.attempts <= 5);
    if (outcome.status === 'fulfilled') assert.deepEqual(outcome.value, { n: index, twice: 2 * index });
    else {
      assert.ok(outcome.status === 'rejected');
      assert.equal((outcome.reason as ItemError).index, index);
      fail(outcome.reason);
    }
  });
} // prettier-ignore

async function runPipeline(
  run: (letter: (error: unknown) => void) => Promise<Slow[]>,
  fail: Fail,
): Promise<void> {
  const letters = new Set<number>();
  const results = await run((error) => {
    fail(error);
    letters.add((error as ItemError).index);
  });
  assertRight(results, letters);
}

/** Makes calls of a spawned object. `isHit` says in the end whether its thread may have been. Counts calls that failed. */
export async function runObject({ restarts }: Trial, isHit: () => boolean): Promise<void> {
  let object: Remote<Unhurried>;
  try {
    object = await spawn(
      Unhurried,
      [],
      restarts ? { restart: { max: 4, backoff: 0 }, idempotent: true } : {},
    );
  } catch (reason) {
    assert.ok(isHit() && reason instanceof WorkerError, String(reason));
    return;
  }
  const calls = Array.from({ length: CALLS }, (_, n) => (n % 2 === 0 ? object.twice(n) : object.later(n)));
  const outcomes = await Promise.allSettled(calls);
  await spawn.close(object);
  outcomes.forEach((outcome, n) => {
    if (outcome.status === 'fulfilled') assert.equal(outcome.value, 2 * n);
    else assert.ok(isHit() && !restarts && outcome.reason instanceof WorkerError, String(outcome.reason));
  });
}
