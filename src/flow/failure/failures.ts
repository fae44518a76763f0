import {
  CloneError,
  describeItem,
  ItemError,
  type NamedItem,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from '../../errors/item-errors.ts';
import { type CallSite, placeAt } from '../../errors/call-site.ts';
import { endSentence } from '../../errors/describe.ts';
import { previewValue } from '../../errors/preview.ts';
import { makeWithoutFrames } from '../../errors/stack.ts';
import { adviseStart } from '../../machine/start-advice.ts';
import { NO_EXPORT } from '../../task/definition/definition.ts';
import { describeThrown } from '../../wire/values/error.ts';
import type { Place } from '../../wire/slots/slot.ts';
import { FLATTEN, RETURN_DATA, TOO_DEEP } from '../../wire/values/uncloneable.ts';
import { type Chunk, indexOf } from '../chunk/chunk.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';

export type { CallSite } from '../../errors/call-site.ts';

/** An item as the engine knows it: by its position among the items of the run, and where in a pipeline it was. */
export interface FailedAt {
  readonly index: number;
  readonly attempts: number;
  /** The item itself, if it is still here. */
  readonly item?: unknown;
  readonly place?: Place | undefined;
  /** The call's own name for the item, if that was given with it. */
  readonly named?: NamedItem | undefined;
}

/** Returns the item at an offset of a chunk. */
export function findItem(chunk: Chunk, at: number, attempts: number, place?: Place): FailedAt {
  return { index: indexOf(chunk, at), attempts, item: chunk.items[at], place };
}

/** Names an item, which the engine only counts, as its call does: an element, a record, an item of a stage. */
export type NameItem = (at: FailedAt) => NamedItem;

/** Terms that the errors of a call have in common. */
export interface FailureTerms {
  readonly callSite: CallSite;
  /** Returns the milliseconds that an item may take in a stage. */
  readonly limitOf: (stage: number) => number | undefined;
  /** @defaultValue an item is called by its position */
  readonly nameItem?: NameItem | undefined;
}

const ofLoading = new WeakSet<ItemError>();

/**
 * Tells whether an error means that no item could run, since the task could not be loaded: that is no matter of this
 * item.
 */
export function isOfLoading(error: ItemError): boolean {
  return ofLoading.has(error);
}

/** Tells whether an error means that the module of a task has no function of its name. */
export function isNoExport(thrown: unknown): thrown is Error {
  return thrown instanceof Error && Reflect.get(thrown, 'code') === NO_EXPORT;
}

/** Makes the errors of one run. They carry the stack of the call, since that of a message handler tells nothing. */
export class Failures {
  readonly #terms: FailureTerms;

  constructor(terms: FailureTerms) {
    this.#terms = terms;
  }

  /** Makes the error of an item whose task threw. */
  ofTask(at: FailedAt, cause: unknown): ItemError {
    const context = this.name(at);
    const message = `${describeItem(context)} failed: ${describeThrown(cause)}`;
    return this.#makePlaced(() => new TaskError(message, context, { cause }));
  }

  /** Makes the error of an item that was itself a promise, and rejected. */
  ofPromise(index: number, cause: unknown): ItemError {
    const context = this.name({ index, attempts: 0 });
    const message = `${describeItem(context)} is a promise that rejected: ${describeThrown(cause)}`;
    return this.#makePlaced(() => new TaskError(message, context, { cause }));
  }

  /** Makes the error of an item whose task could not be loaded in the worker. */
  ofLoad({ index, attempts }: FailedAt, cause: unknown): ItemError {
    // The message names neither a stage nor the item, since it is the same for all items.
    const message = `The call failed, because the task could not be loaded: ${describeThrown(cause)}`;
    const error = this.#makePlaced(() => new TaskError(message, { index, attempts }, { cause }));
    ofLoading.add(error);
    return error;
  }

  /** Makes the error of a module that has no such function: said once, without a cause that says it again. */
  ofExport(index: number, { message }: Error): ItemError {
    const text = `The call failed, because the task could not be loaded: ${message}`;
    return this.#makePlaced(() => new TaskError(text, { index, attempts: 0 }));
  }

  ofTimeout(at: FailedAt): ItemError {
    const named = this.name(at);
    const limit = this.#terms.limitOf(at.place?.stage ?? 0) ?? 0;
    return this.#makePlaced(() => new TaskTimeoutError(limit, named));
  }

  ofClone(at: FailedAt, what: 'item' | 'result', found: { path: string; reason: string }): ItemError {
    const context = this.name(at);
    const value =
      found.path === 'item'
        ? describeItem(context)
        : `${found.path === what ? 'The result' : `\`${found.path}\``} of ${describeItem(context, true)}`;
    const direction = what === 'item' ? 'to a worker' : 'back from its worker';
    const fix = found.reason.startsWith(TOO_DEEP)
      ? FLATTEN
      : what === 'item'
        ? 'Pass plain data, and make the rest of it in the task.'
        : RETURN_DATA;
    const message = `${value} cannot cross ${direction}: ${endSentence(found.reason)} ${fix}`;
    return this.#makePlaced(() => new CloneError(message, { ...context, ...found, fix }));
  }

  /**
   * Makes the error of an item whose worker died. `place` says whether the worker was on this item, or merely had it.
   */
  ofWorker(at: FailedAt, end: SessionEnd, place: 'on it' | 'with it' = 'on it'): ItemError {
    const context = this.name(at);
    const isDeath = end.kind === 'exit' || end.kind === 'out-of-memory';
    const reason = isDeath ? end.kind : 'crash';
    const lostWith = ', to which its buffers had been transferred, so it cannot run again';
    const message = `${describeItem(context)} failed: the worker ${describeEnd(end)} while it ran ${
      place === 'on it' ? 'it' : `another item${lostWith}`
    }.`;
    return this.#makePlaced(
      () =>
        new WorkerError(
          message,
          { ...context, reason, exitCode: end.kind === 'exit' ? end.exitCode : undefined },
          'thrown' in end ? { cause: end.thrown } : undefined,
        ),
    );
  }

  /** Makes the error of a run for which no worker could start: neither this item nor those behind it can run. */
  ofStart(index: number, failure: StartFailure): ItemError {
    const message = `No worker could start: ${endSentence(describeStart(failure))} ${adviseStart(failure)}`;
    const exitCode = failure.kind === 'exit' ? failure.exitCode : undefined;
    const cause = 'thrown' in failure && failure.thrown !== undefined ? { cause: failure.thrown } : undefined;
    return this.#makePlaced(
      () => new WorkerError(message, { index, attempts: 0, reason: 'start', exitCode }, cause),
    );
  }

  /** Makes an error, to be used as a cause, that says what became of the worker, and when. */
  describeEnd(end: SessionEnd, when: string): Error {
    const options = 'thrown' in end ? { cause: end.thrown } : undefined;
    return new Error(`the worker ${describeEnd(end)} ${when}`, options);
  }

  /** Warns that a worker was held up. */
  warnOfBlock(report: string): void {
    process.emitWarning(report, 'TelarStrayError');
  }

  /** @param next - The first item without an outcome. */
  ofClosing(next: number): ItemError {
    const message =
      `The call was ended before item ${next} had its outcome: its pool was closed with \`close({ force: true })\`. ` +
      'Without `force`, closing waits for the calls in progress.';
    return this.#makePlaced(() => new WorkerError(message, { index: next, attempts: 0, reason: 'closed' }));
  }

  /** Returns the call's name for an item. */
  name(at: FailedAt): NamedItem {
    const { index, attempts } = at;
    const named = at.named ?? this.#terms.nameItem?.(at) ?? { index, attempts };
    return 'item' in at && !('item' in named) ? { ...named, item: previewValue(at.item) } : named;
  }

  #makePlaced<E extends ItemError>(make: () => E): E {
    return placeAt(makeWithoutFrames(make), this.#terms.callSite);
  }
}

/** Warns of a worker that could not start, if there is one: the work goes on without it. */
export function warnOfStart(failure: StartFailure | undefined): void {
  if (failure === undefined) return;
  const text = `A worker could not start, so fewer run: ${endSentence(describeStart(failure))} ${adviseStart(failure)}`;
  process.emitWarning(text, 'TelarStartWarning');
}

/** Says, for messages, what became of a worker before it was ready. */
function describeStart(failure: StartFailure): string {
  switch (failure.kind) {
    case 'late':
      return `it was not ready within ${failure.limit} ms`;
    case 'crash':
      return describeThrown(failure.thrown);
    case 'exit': {
      const said = failure.thrown === undefined ? '' : ` (${describeThrown(failure.thrown)})`;
      return `it exited with code ${failure.exitCode} before it was ready${said}`;
    }
    default:
      return `it ${describeEnd(failure)} before it was ready`;
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
    case 'suspended':
      return 'was stopped by a signal (SIGSTOP)';
  }
}

/** Warns of an uncaught error as Node warns: once on stderr for each, and as an event on `process`. */
export function warnOfStray(origin: string, thrown: unknown): void {
  const warning = new Error(`${origin} left an error behind that nobody caught: ${describeThrown(thrown)}`, {
    cause: thrown,
  });
  warning.name = 'TelarStrayError';
  process.emitWarning(warning);
}
