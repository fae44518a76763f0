import { type CallSite, placeAt, readFrames } from '../../errors/call-site.ts';
import { readStack, setStack } from '../../errors/stack.ts';
import { endSentence } from '../../errors/describe.ts';
import { TelarError } from '../../errors/telar-error.ts';
import { CloneError, WorkerError } from '../../errors/item-errors.ts';
import { adviseStart } from '../../machine/start-advice.ts';
import { decodeThrown, describeThrown, type EncodedThrown } from '../../wire/values/error.ts';
import type { RequestOutcome } from '../../wire/remote/protocol.ts';
import {
  findUncloneable,
  FLATTEN,
  isOverflow,
  RETURN_DATA,
  TOO_DEEP,
} from '../../wire/values/uncloneable.ts';

export type { CallSite } from '../../errors/call-site.ts';

/** The facts about a call that its errors tell. */
export interface CallContext {
  /** The path of the method, or the name of what makes the object. */
  readonly name: string;
  /** Position of the call among all calls. */
  readonly index: number;
  readonly attempts: number;
  readonly site: CallSite;
}

/** The way in which a thread died. */
export interface Death {
  readonly reason: Exclude<WorkerError['reason'], 'start' | 'closed' | 'full'>;
  readonly exitCode: number | undefined;
  readonly thrown: unknown;
}

/** Decodes what was thrown on the other side, with the stack of the call below its own. */
export function decodeFailure(encoded: EncodedThrown, site: CallSite): unknown {
  const thrown = decodeThrown(encoded);
  const stack = readStack(site);
  if (thrown instanceof Error && stack !== undefined) {
    setStack(
      thrown,
      `${thrown.stack ?? describeThrown(thrown)}\n    at the call from here:${readFrames(stack)}`,
    );
  }
  return thrown;
}

/**
 * Makes the error of a call whose thread died.
 *
 * @param state - What the call was doing when the thread died: `was pending`.
 */
export function makeWorkerError(call: CallContext, state: string, death: Death): WorkerError {
  const { index, attempts, name } = call;
  const { reason, exitCode, thrown } = death;
  const options = thrown === undefined ? undefined : { cause: thrown };
  const message = `\`${name}\` ${state} when its thread ${describeDeath(death)}.`;
  return place(new WorkerError(message, { index, attempts, reason, exitCode }, options), call);
}

/** Makes the error of a call on an object that is not made again. */
export function makeDeadError(call: CallContext, last: WorkerError, limit: string | undefined): WorkerError {
  const { index, attempts, name } = call;
  const { reason, exitCode } = last;
  const why = limit === undefined ? 'has died, and `restart` was not given' : `has died after ${limit}`;
  const context = { index, attempts, reason, exitCode };
  return place(
    new WorkerError(`\`${name}\` was not called: the thread of the object ${why}.`, context, { cause: last }),
    call,
  );
}

/** Makes the error of an object whose thread came to no code of its own. */
export function makeStartError(call: CallContext, death: Death): WorkerError {
  const { index, attempts, name } = call;
  const { exitCode, thrown } = death;
  const options = thrown === undefined ? undefined : { cause: thrown };
  const why = thrown === undefined ? `it ${describeDeath(death)}` : describeThrown(thrown);
  const advice = adviseStart({ kind: death.reason, thrown });
  const message = `\`${name}\` was not made, since its thread could not start: ${endSentence(why)} ${advice}`;
  return place(new WorkerError(message, { index, attempts, reason: 'start', exitCode }, options), call);
}

/** Makes the error of an object that was not made in time. */
export function makeLateStartError(call: CallContext, startTimeout: number): WorkerError {
  const { index, attempts, name } = call;
  const message =
    `\`${name}\` was not made within ${startTimeout} ms, and its thread was ended. ` +
    'Give it longer with the option `startTimeout`, or as long as it takes with `startTimeout: Infinity`.';
  return place(new WorkerError(message, { index, attempts, reason: 'start' }), call);
}

/** Makes the error of a call that was pending at a closing that did not wait any longer. */
export function makeCutCallError(call: CallContext, closeTimeout: number): WorkerError {
  const { index, attempts, name } = call;
  const message =
    `\`${name}\` was pending when its object was closed, and had not settled ${closeTimeout} ms later, ` +
    'so its thread was ended. The option `closeTimeout` says how long closing waits.';
  return place(new WorkerError(message, { index, attempts, reason: 'closed' }), call);
}

/** Makes the error of a closing that did not wait any longer: the object was not disposed, or not to its end. */
export function makeCutCloseError(
  call: CallContext,
  closeTimeout: number,
  { calls, callbacks }: { readonly calls: number; readonly callbacks: number },
): WorkerError {
  const { index, attempts, name } = call;
  const within =
    callbacks > 0 ? ', with a callback that had not returned, as one that waits for the closing' : '';
  const why =
    calls === 0
      ? 'its disposal had not ended'
      : `${calls} ${calls === 1 ? 'call was' : 'calls were'} pending${within}`;
  const message =
    `\`${name}\` was not closed within ${closeTimeout} ms: ${why}, and its thread was ended. ` +
    'The option `closeTimeout` says how long closing waits.';
  return place(new WorkerError(message, { index, attempts, reason: 'closed' }), call);
}

/** Makes the error of a call with an argument that cannot cross. */
export function makeArgumentError(
  call: CallContext,
  values: readonly unknown[],
  thrown: unknown,
): CloneError {
  const { name, index, attempts } = call;
  for (const [at, value] of values.entries()) {
    const found = findUncloneable(value, `arguments[${at}]`);
    if (found === undefined) continue;
    const { path, reason } = found;
    const fix = reason.startsWith(TOO_DEEP) ? FLATTEN : PROXIED;
    const message = `\`${name}\` was not called: ${path} cannot be cloned: ${endSentence(reason)} ${fix}`;
    return place(new CloneError(message, { index, attempts, path, reason, fix }, keepCause(thrown)), call);
  }
  const reason = describeThrown(thrown);
  const message = `\`${name}\` was not called: its arguments cannot be sent: ${endSentence(reason)}`;
  const context = { index, attempts, path: 'arguments', reason, fix: PROXIED };
  return place(new CloneError(message, context, keepCause(thrown)), call);
}

const PROXIED =
  'Functions, signals and iterators may be arguments, or properties of an argument, and cannot lie deeper.';

/** Keeps what a getter of the user's threw, which has its own stack. The message says better what the clone says. */
function keepCause(thrown: unknown): ErrorOptions | undefined {
  return thrown instanceof DOMException || isOverflow(thrown) ? undefined : { cause: thrown };
}

/** Makes the error of a call whose result cannot cross: the method has run. */
export function makeResultError(call: CallContext, path: string, reason: string): CloneError {
  const { name, index, attempts } = call;
  const fix = reason.startsWith(TOO_DEEP) ? FLATTEN : RETURN_DATA;
  const message = `\`${name}\` has run, and its result cannot be cloned: ${path}: ${endSentence(reason)} ${fix}`;
  return place(new CloneError(message, { index, attempts, path, reason, fix }), call);
}

/** Makes the error for readers of a stream that was cut off before its end. */
export function makeCutError(call: CallContext): TelarError {
  return place(
    new TelarError(`The stream of \`${call.name}\` was cut off before its end: the object is closed.`),
    call,
  );
}

export function makeClosedError(call: CallContext): TelarError {
  return place(new TelarError(`\`${call.name}\` was not called: the object is closed.`), call);
}

function describeDeath({ reason, exitCode, thrown }: Death): string {
  switch (reason) {
    case 'exit':
      return `ended with exit code ${exitCode}`;
    case 'out-of-memory':
      return 'ran out of memory';
    case 'crash':
      return `died of an error that nothing caught: ${describeThrown(thrown)}`;
  }
}

/** Gives an error the stack of its call. */
function place<E extends Error>(error: E, { site }: CallContext): E {
  return placeAt(error, site);
}

/** The reason why there is no object, with which `spawn` rejects, and the error that a restart goes on with. */
export interface FailedStart {
  readonly reason: unknown;
  readonly error: WorkerError | undefined;
}

/** Describes a start for which the system gave no thread at all. */
export function describeNoThread(making: CallContext, thrown: unknown): FailedStart {
  const error = makeStartError(making, { reason: 'crash', exitCode: undefined, thrown });
  return { reason: error, error };
}

/** Describes a start without an object: its constructor threw, its arguments could not cross, or its thread died. */
export function describeFailedStart(
  making: CallContext,
  { death, hasStarted }: { readonly death: Death | undefined; readonly hasStarted: boolean },
  args: readonly unknown[],
  outcome: RequestOutcome,
): FailedStart {
  if (outcome.kind === 'gone' && death !== undefined) {
    const error = hasStarted
      ? makeWorkerError(making, 'was being made', death)
      : makeStartError(making, death);
    return { reason: error, error };
  }
  const reason =
    outcome.kind === 'thrown'
      ? decodeFailure(outcome.thrown, making.site)
      : makeArgumentError(making, args, outcome.kind === 'unsent' ? outcome.thrown : outcome.kind);
  const crash = { reason: 'crash', exitCode: undefined, thrown: reason } as const;
  return { reason, error: makeWorkerError(making, 'was being made again', crash) };
}
