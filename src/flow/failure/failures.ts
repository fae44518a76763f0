import {
  CloneError,
  describeItem,
  ItemError,
  type ItemContext,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from '../../errors.ts';
import { describeThrown } from '../../wire/error.ts';
import { TOO_DEEP } from '../../wire/uncloneable.ts';
import { type Chunk, indexOf } from '../chunk/chunk.ts';
import type { SessionEnd } from '../pool/host.ts';

/** Where the user made the call: an object with the stack of that moment. */
export interface CallSite {
  readonly stack?: string;
}

const ofLoading = new WeakSet<ItemError>();

/** Whether no item could run, since the task could not be loaded: that is no matter of this item. */
export function isOfLoading(error: ItemError): boolean {
  return ofLoading.has(error);
}

/** Makes the errors of one run. They carry the stack of the call, since that of a message handler tells nothing. */
export class Failures {
  readonly #callSite: CallSite;
  readonly #timeout: number | undefined;

  constructor(callSite: CallSite, timeout: number | undefined) {
    this.#callSite = callSite;
    this.#timeout = timeout;
  }

  /** The task threw. */
  ofTask(context: ItemContext, cause: unknown): ItemError {
    return this.#placed(
      new TaskError(`${describeItem(context)} failed: ${describeThrown(cause)}`, context, { cause }),
    );
  }

  /** The item itself was a promise, and rejected. */
  ofPromise(index: number, cause: unknown): ItemError {
    const message = `Item ${index} is a promise that rejected: ${describeThrown(cause)}`;
    return this.#placed(new TaskError(message, { index, attempts: 0 }, { cause }));
  }

  /** The task could not be loaded in the worker. */
  ofLoad(context: ItemContext, cause: unknown): ItemError {
    const message = `${describeItem(context)} failed, because the task could not be loaded: ${describeThrown(cause)}`;
    const error = this.#placed(new TaskError(message, context, { cause }));
    ofLoading.add(error);
    return error;
  }

  ofTimeout(chunk: Chunk, at: number): ItemError {
    const context = { index: indexOf(chunk, at), attempts: chunk.attempt };
    return this.#placed(new TaskTimeoutError(this.#timeout ?? 0, context));
  }

  ofClone(context: ItemContext, what: 'item' | 'result', found: { path: string; reason: string }): ItemError {
    const value = found.path === what ? `The ${what}` : `\`${found.path}\``;
    const direction = what === 'item' ? 'to a worker' : 'back from its worker';
    const fix = found.reason.startsWith(TOO_DEEP)
      ? 'Flatten it, into a list whose parts name one another by their position.'
      : what === 'item'
        ? 'Pass plain data, and make the rest of it in the task.'
        : 'Return plain data: numbers, text, buffers, dates, maps, sets and objects of these.';
    const message = `${value} of ${describeItem(context).replace('Item', 'item')} cannot cross ${direction}: ${found.reason}. ${fix}`;
    return this.#placed(new CloneError(message, { ...context, path: found.path }));
  }

  /** The worker died. `place` says whether it was on this item, or merely had it. */
  ofWorker(context: ItemContext, end: SessionEnd, place: 'on it' | 'with it' = 'on it'): ItemError {
    const reason = end.kind === 'ended' || end.kind === 'terminated' ? 'crash' : end.kind;
    const lostWith = ', to which its buffers had been transferred, so it cannot run again';
    const message = `${describeItem(context)} failed: the worker ${describeEnd(end)} while it ran ${
      place === 'on it' ? 'it' : `another item${lostWith}`
    }.`;
    return this.#placed(
      new WorkerError(
        message,
        { ...context, reason, exitCode: end.kind === 'exit' ? end.exitCode : undefined },
        'thrown' in end ? { cause: end.thrown } : undefined,
      ),
    );
  }

  /** For causes: what became of the worker, and when. */
  describeEnd(end: SessionEnd, when: string): Error {
    const options = 'thrown' in end ? { cause: end.thrown } : undefined;
    return new Error(`the worker ${describeEnd(end)} ${when}`, options);
  }

  warnOfStray(index: number | undefined, thrown: unknown): void {
    warnOfStray(index === undefined ? 'A task' : `Item ${index}`, thrown);
  }

  /** The same for a worker that was held up. */
  warnOfBlock(report: string): void {
    process.emitWarning(report, 'TelarStrayError');
  }

  /** @param next - The first item without an outcome. */
  ofClosing(next: number): ItemError {
    const message =
      `The call was ended before item ${next} had its outcome: its pool was closed with \`close({ force: true })\`. ` +
      'Without `force`, closing waits for the calls in progress.';
    return this.#placed(new WorkerError(message, { index: next, attempts: 0, reason: 'closed' }));
  }

  #placed<E extends ItemError>(error: E): E {
    const frames = this.#callSite.stack?.match(/^\s+at .*$/gm);
    if (frames !== undefined && frames !== null) {
      Object.defineProperty(error, 'stack', {
        value: [`${error.name}: ${error.message}`, ...frames].join('\n'),
        writable: true,
        configurable: true,
      });
    }
    return error;
  }
}

function describeEnd(end: SessionEnd): string {
  switch (end.kind) {
    case 'exit':
      return `exited with code ${end.exitCode}`;
    case 'out-of-memory':
      return 'ran out of memory';
    case 'crash':
      return `crashed (${describeThrown(end.thrown)})`;
    case 'terminated':
      return 'was stopped';
    case 'ended':
      return 'ended';
  }
}

/** Like Node's own warnings: once on stderr for each, and as an event on `process`. */
export function warnOfStray(origin: string, thrown: unknown): void {
  const warning = new Error(`${origin} left an error behind that nobody caught: ${describeThrown(thrown)}`, {
    cause: thrown,
  });
  warning.name = 'TelarStrayError';
  process.emitWarning(warning);
}
