import type { RequestOutcome, StreamStep } from '../../wire/remote/protocol.ts';
import { RemoteStream } from '../../wire/remote/remote-stream.ts';
import {
  type CallContext,
  decodeFailure,
  makeArgumentError,
  makeClosedError,
  makeCutError,
  makeResultError,
  makeWorkerError,
} from './failures.ts';
import type { ObjectThread } from './object-thread.ts';
import type { PendingCall, Unsettled } from './pending-call.ts';

/** The object whose calls are settled. */
export interface CallHost {
  /** Whether calls on the object may run more than once. */
  readonly isIdempotent: boolean;
  /** Makes the reason with which all calls reject from now on, when the object is over. */
  readonly makeReason: ((call: CallContext) => unknown) | undefined;
  /** Runs a call once more whose thread has died. */
  repeat(call: PendingCall): void;
  /** Count of the object's calls, and steps of its streams, that have not settled. */
  readonly unsettled: Unsettled;
}

/** Sends a call to the object's thread, and settles it with what becomes of it there. */
export function sendCall(host: CallHost, call: PendingCall, thread: ObjectThread): void {
  let outcome: Promise<RequestOutcome>;
  try {
    outcome = call.send(thread);
  } catch (thrown) {
    // A getter of an argument threw.
    failCall(host, call, makeArgumentError(call, call.values, thrown));
    return;
  }
  void outcome.then((settled) => settleCall(host, call, thread, settled));
}

/** Gives a call what its thread has answered, or the reason why there is no answer, unless it runs again. */
function settleCall(host: CallHost, call: PendingCall, thread: ObjectThread, outcome: RequestOutcome): void {
  if (outcome.kind === 'stream') {
    const ask = (step: StreamStep): Promise<IteratorResult<unknown, unknown>> =>
      askStep(host, call, thread, step);
    call.resolve(new RemoteStream(outcome.stream, ask, () => call.endProxies()));
    host.unsettled.release();
  } else if (outcome.kind === 'value') {
    call.endProxies();
    call.resolve(outcome.value);
    host.unsettled.release();
  } else if (
    outcome.kind === 'gone' &&
    host.isIdempotent &&
    call.mayRepeat &&
    host.makeReason === undefined
  ) {
    call.endProxies();
    host.repeat(call);
  } else {
    failCall(host, call, makeReason(host, call, thread, outcome));
  }
}

export function failCall(host: CallHost, call: PendingCall, reason: unknown): void {
  call.endProxies();
  call.reject(reason);
  host.unsettled.release();
}

/** Asks for a step of a stream, which is a call like any other, but that it is never repeated. */
async function askStep(
  host: CallHost,
  call: PendingCall,
  thread: ObjectThread,
  step: StreamStep,
): Promise<IteratorResult<unknown, unknown>> {
  host.unsettled.hold();
  try {
    const outcome = await thread.ask(step);
    if (outcome.kind === 'step') return { done: outcome.done, value: outcome.value };
    if (outcome.kind === 'gone') {
      // Nothing is left to close: a reader who leaves is told of nothing.
      if (step.kind === 'return') return { done: true, value: step.value };
      const isClosed = host.makeReason === makeClosedError;
      if (isClosed && thread.death === undefined) throw makeCutError(call);
    }
    // The iterator is still open there, and nobody will read on.
    if (outcome.kind === 'uncloneable' || outcome.kind === 'unsent')
      await thread.ask({ kind: 'return', stream: step.stream, value: undefined });
    throw makeReason(host, call, thread, outcome);
  } finally {
    host.unsettled.release();
  }
}

function makeReason(
  host: CallHost,
  call: PendingCall,
  thread: ObjectThread,
  outcome: RequestOutcome,
): unknown {
  switch (outcome.kind) {
    case 'thrown':
      return decodeFailure(outcome.thrown, call.site);
    case 'aborted':
      return call.findSignal(outcome.signal)?.reason;
    case 'unsent':
      return makeArgumentError(call, call.values, outcome.thrown);
    case 'uncloneable':
      return makeResultError(call, outcome.path, outcome.reason);
    case 'gone':
      if (thread.death !== undefined) return makeWorkerError(call, 'was pending', thread.death);
      return (host.makeReason ?? makeClosedError)(call);
    case 'value':
    case 'stream':
    case 'step':
      return new TypeError(`Expected an answer to \`${call.name}\`, got a ${outcome.kind}.`);
  }
}
