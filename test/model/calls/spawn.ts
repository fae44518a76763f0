import { isDeepStrictEqual } from 'node:util';
import { type Remote, spawn, type TelarError, type WorkerError } from '../../../src/index.ts';
import { REASON } from './call.ts';
import { describe, show } from '../judge.ts';
import { Sum } from '../programs/object.ts';
import type { SpawnCall, Step } from '../programs/program.ts';
import { Hang, type Watch } from '../watch.ts';

/** Answer that one call of the object has to give: a value, or an error by its name. */
type Due = { readonly value: unknown } | { readonly error: string };

/** Answer that the call gave: of a stream, `value` are the values that were read. */
type Outcome = { readonly value: unknown } | { readonly thrown: unknown; readonly read?: readonly number[] };

/** After which `close` ends an object with a call that never settles, in ms. */
const CLOSE_TIMEOUT = 300;

/** A spawned object whose calls are made all at once, and which is closed in one of several ways. */
export async function runSpawn(call: SpawnCall, watch: Watch): Promise<void> {
  const controller = new AbortController();
  const hangs = call.steps.some(({ step }) => step === 'hang');
  const dies = call.steps.findIndex(({ step }) => step === 'exit');
  const object = await watch.settled(
    'spawn',
    spawn(Sum, [], {
      signal: controller.signal,
      ...(hangs && { closeTimeout: CLOSE_TIMEOUT }),
      ...(call.restart && {
        restart: { max: 2, backoff: 1 },
        onRestart: () => watch.here('onRestart'),
        idempotent: call.idempotent,
      }),
    }),
  );
  const calls = call.steps.map((step) => endOf(watch, step, make(object, step, watch)));
  // `close` waits for pending calls; the signal does not.
  const isCut = call.end !== 'close';
  if (call.end === 'abort') controller.abort(REASON);
  // What hangs would never let the calls come to their end.
  const closing =
    call.end === 'close early' || hangs ? endOf(watch, { step: 'total' }, spawn.close(object)) : undefined;
  const outcomes = await Promise.all(calls);
  const due = expectSteps(call.steps);
  outcomes.forEach((outcome, at) => {
    const step = call.steps[at] as Step;
    // Nobody knows which of them were made again, or were cut off.
    if (hangs || (dies !== -1 && call.idempotent)) return;
    const mayFail = (dies !== -1 && at <= dies) || call.end === 'abort' || (isCut && step.step === 'stream');
    judge(watch, `${at} (${step.step})`, due[at] as Due, outcome, mayFail);
  });
  if (dies !== -1 && call.end === 'close' && !hangs && !call.idempotent)
    await judgeAfterDeath(watch, object, call.restart);
  const closed = await (closing ?? endOf(watch, { step: 'total' }, spawn.close(object)));
  if ('thrown' in closed && !hangs) watch.report(`spawn.close failed: ${describe(closed.thrown)}`);
  if ('thrown' in closed && (closed.thrown as WorkerError).reason !== 'closed')
    watch.report(`spawn.close threw ${describe(closed.thrown)}`);
  const late = await endOf(watch, { step: 'total' }, Promise.resolve(object.total));
  if (!('thrown' in late)) watch.report('an object that is closed gave a value');
  await watch.expectUnheard(controller.signal);
}

/** A fresh object knows nothing of the one before it; without one all calls reject. */
async function judgeAfterDeath(watch: Watch, object: Remote<Sum>, restarts: boolean): Promise<void> {
  const outcome = await endOf(watch, { step: 'add' }, object.add(3));
  const due: Due = restarts ? { value: 3 } : { error: 'WorkerError' };
  judge(watch, 'after its death', due, outcome, false);
}

function make(object: Remote<Sum>, step: Step, watch: Watch): Promise<unknown> {
  switch (step.step) {
    case 'add':
      return object.add(step.by);
    case 'total':
      // A read is asked for when it is awaited, which would be behind the calls that follow.
      return new Promise((resolve, reject) => void object.total.then(resolve, reject));
    case 'throw':
      return object.fail();
    case 'uncloneable':
      return object.giveFunction();
    case 'exit':
      return object.exit();
    case 'hang':
      return object.hang();
    case 'stream':
      return readStream(object, step.count, step.leavesAfter ?? Infinity);
    case 'callback':
      return object.callBack(step.count, (n: number) => {
        watch.here('a lent function');
        return Promise.resolve(n);
      });
    case 'feed':
      return object.take(feed(step.count, watch));
  }
}

async function* feed(count: number, watch: Watch): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) {
    watch.here('a lent iterator');
    yield n;
  }
}

/** Fails with what it had read beside the error. */
async function readStream(object: Remote<Sum>, count: number, leavesAfter: number): Promise<number[]> {
  const read: number[] = [];
  if (leavesAfter === 0) return read;
  try {
    for await (const n of object.count(count)) if (read.push(n) >= leavesAfter) break;
    return read;
  } catch (thrown) {
    throw Object.assign(new Error('the stream failed', { cause: thrown }), { read });
  }
}

/** Lists the answers that a loop gets which makes the calls in turn. */
function expectSteps(steps: readonly Step[]): Due[] {
  let total = 0;
  let isDead = false;
  return steps.map((step): Due => {
    isDead ||= step.step === 'exit';
    if (isDead || step.step === 'exit') return { error: 'WorkerError' };
    switch (step.step) {
      // The outcome of the step is not judged: only that there is one.
      case 'hang':
        return { error: 'WorkerError' };
      case 'add':
        return { value: (total += step.by) };
      case 'total':
        return { value: total };
      case 'throw':
        return { error: 'RangeError' };
      case 'uncloneable':
        return { error: 'CloneError' };
      case 'stream':
        return { value: Array.from({ length: Math.min(step.count, step.leavesAfter ?? Infinity) }, (_, n) => n) };
      case 'callback':
      case 'feed':
        return { value: [0, 0, 1, 3, 6, 10][step.count] };
    }
  });
} // prettier-ignore

function judge(watch: Watch, name: string, due: Due, outcome: Outcome, mayFail: boolean): void {
  if ('value' in outcome) {
    // Streams that were left at once have called nothing.
    if (name.endsWith('(stream)') && isDeepStrictEqual(outcome.value, [])) return;
    if (!('value' in due)) watch.report(`call ${name} gave ${show(outcome.value)} instead of ${due.error}`);
    else if (!isDeepStrictEqual(outcome.value, due.value))
      watch.report(`call ${name} gave ${show(outcome.value)} instead of ${show(due.value)}`);
    return;
  }
  const { thrown } = outcome;
  const error = (thrown instanceof Error && 'read' in thrown ? thrown.cause : thrown) as TelarError;
  if (mayFail && (error === REASON || error.name.endsWith('Error'))) return;
  if (!('error' in due)) watch.report(`call ${name} failed: ${describe(error)}`);
  else if (error.name !== due.error)
    watch.report(`call ${name} failed with ${describe(error)} instead of ${due.error}`);
}

async function endOf(
  watch: Watch,
  { step }: Pick<Step, 'step'>,
  running: Promise<unknown>,
): Promise<Outcome> {
  try {
    return { value: await watch.settled(`the call (${step})`, running) };
  } catch (thrown) {
    if (thrown instanceof Hang) throw thrown;
    return { thrown };
  }
}
