import { CloneError, TelarError, WorkerError } from '../../errors.ts';
import { decodeThrown, describeThrown, type EncodedThrown } from '../../wire/error.ts';
import { findUncloneable, TOO_DEEP } from '../../wire/uncloneable.ts';

/** Where a call was made: the caller's stack, for the errors of the other side. */
export interface CallSite {
  readonly stack?: string;
}

/** A call, for its errors. */
export interface CallContext {
  /** The path of the method, or the name of what makes the object. */
  readonly name: string;
  /** Its position among the calls. */
  readonly index: number;
  readonly attempts: number;
  readonly site: CallSite;
}

/** How a thread died. */
export interface Death {
  readonly reason: Exclude<WorkerError['reason'], 'start' | 'closed'>;
  readonly exitCode: number | undefined;
  readonly thrown: unknown;
}

/** What was thrown on the other side, with the stack of the call below its own. */
export function decodeFailure(encoded: EncodedThrown, { stack }: CallSite): unknown {
  const thrown = decodeThrown(encoded);
  if (thrown instanceof Error && stack !== undefined) {
    setStack(
      thrown,
      `${thrown.stack ?? describeThrown(thrown)}\n    at the call from here:${readFrames(stack)}`,
    );
  }
  return thrown;
}

/** @param state - What the call was doing when the thread died: `was pending`. */
export function makeWorkerError(call: CallContext, state: string, death: Death): WorkerError {
  const { index, attempts, name } = call;
  const { reason, exitCode, thrown } = death;
  const options = thrown === undefined ? undefined : { cause: thrown };
  const message = `\`${name}\` ${state} when its thread ${describeDeath(death)}.`;
  return placeAt(new WorkerError(message, { index, attempts, reason, exitCode }, options), call);
}

/** For calls on an object that is not made again. */
export function makeDeadError(call: CallContext, last: WorkerError, limit: string | undefined): WorkerError {
  const { index, attempts, name } = call;
  const { reason, exitCode } = last;
  const why = limit === undefined ? 'has died, and `restart` was not given' : `has died after ${limit}`;
  const context = { index, attempts, reason, exitCode };
  return placeAt(
    new WorkerError(`\`${name}\` was not called: the thread of the object ${why}.`, context, { cause: last }),
    call,
  );
}

/** The object was not made in time. */
export function makeLateStartError(call: CallContext, startTimeout: number): WorkerError {
  const { index, attempts, name } = call;
  const message =
    `\`${name}\` was not made within ${startTimeout} ms, and its thread was ended. ` +
    'Give it longer with the option `startTimeout`, or as long as it takes with `startTimeout: Infinity`.';
  return placeAt(new WorkerError(message, { index, attempts, reason: 'start' }), call);
}

/** For the calls that were pending at a closing that did not wait any longer. */
export function makeCutCallError(call: CallContext, closeTimeout: number): WorkerError {
  const { index, attempts, name } = call;
  const message =
    `\`${name}\` was pending when its object was closed, and had not settled ${closeTimeout} ms later, ` +
    'so its thread was ended. The option `closeTimeout` says how long closing waits.';
  return placeAt(new WorkerError(message, { index, attempts, reason: 'closed' }), call);
}

/** For such a closing itself: the object was not disposed, or not to its end. */
export function makeCutCloseError(call: CallContext, closeTimeout: number, pending: number): WorkerError {
  const { index, attempts, name } = call;
  const why =
    pending === 0
      ? 'its disposal had not ended'
      : `${pending} ${pending === 1 ? 'call was' : 'calls were'} pending`;
  const message =
    `\`${name}\` was not closed within ${closeTimeout} ms: ${why}, and its thread was ended. ` +
    'The option `closeTimeout` says how long closing waits.';
  return placeAt(new WorkerError(message, { index, attempts, reason: 'closed' }), call);
}

/** An argument that cannot cross. */
export function makeArgumentError(
  call: CallContext,
  values: readonly unknown[],
  thrown: unknown,
): CloneError {
  const { name, index, attempts } = call;
  for (const [at, value] of values.entries()) {
    const found = findUncloneable(value, `arguments[${at}]`);
    if (found === undefined) continue;
    const fix = found.reason.startsWith(TOO_DEEP)
      ? 'Flatten it, into a list whose parts name one another by their position.'
      : 'Functions, signals and iterators may be arguments, or properties of an argument, and cannot lie deeper.';
    const message = `\`${name}\` was not called: ${found.path} cannot be cloned: ${found.reason}. ${fix}`;
    const context = { index, attempts, path: found.path };
    return placeAt(new CloneError(message, context, { cause: thrown }), call);
  }
  const message = `\`${name}\` was not called: its arguments cannot be sent: ${describeThrown(thrown)}.`;
  return placeAt(new CloneError(message, { index, attempts, path: 'arguments' }, { cause: thrown }), call);
}

/** A result that cannot cross: the method has run. */
export function makeResultError(call: CallContext, path: string, reason: string): CloneError {
  const { name, index, attempts } = call;
  const message = `\`${name}\` has run, and its result cannot be cloned: ${path}: ${reason}.`;
  return placeAt(new CloneError(message, { index, attempts, path }), call);
}

export function makeClosedError(call: CallContext): TelarError {
  return placeAt(new TelarError(`\`${call.name}\` was not called: the object is closed.`), call);
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

/** Errors are made when an answer comes; their stack is to be that of the call. */
function placeAt<E extends Error>(error: E, { site: { stack } }: CallContext): E {
  if (stack !== undefined) setStack(error, `${error.name}: ${error.message}${readFrames(stack)}`);
  return error;
}

/** All but the first line: a site has no message. */
function readFrames(stack: string): string {
  const end = stack.indexOf('\n');
  return end === -1 ? '' : stack.slice(end);
}

function setStack(error: Error, value: string): void {
  Object.defineProperty(error, 'stack', { value, writable: true, enumerable: false, configurable: true });
}
