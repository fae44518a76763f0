import { type ItemError, type NamedItem, WorkerError } from '../../errors/item-errors.ts';
import { type FailedAt, Failures } from '../failure/failures.ts';

/** Makes the errors of calls, which have no position among others: they are named by their task. */
export class CallFailures extends Failures {
  readonly #task: string;

  /** @param task - Name of the task. @param timeout - Milliseconds that a call may take. */
  constructor(task: string, timeout: number | undefined) {
    // Whoever settles a call gives its error the stack of that call.
    super({ callSite: {}, limitOf: () => timeout, nameItem: ({ attempts }) => nameCall(task, attempts) });
    this.#task = task;
  }

  override ofClone(
    at: FailedAt,
    what: 'item' | 'result',
    found: { path: string; reason: string },
  ): ItemError {
    // The list of the arguments is the item, and no name of the user's.
    return super.ofClone(at, what, { ...found, path: found.path.replace(/^item\b/, 'args') });
  }

  override ofLoad(at: FailedAt, cause: unknown): ItemError {
    return super.ofLoad({ ...at, index: 0 }, cause);
  }

  override ofClosing(): ItemError {
    const name = this.#task === '' ? 'The call' : `The call of \`${this.#task}\``;
    const message =
      `${name} was ended before it had its outcome: its pool was closed with \`close({ force: true })\`. ` +
      'Without `force`, closing waits for the calls in progress.';
    return new WorkerError(message, { index: 0, attempts: 0, reason: 'closed' });
  }
}

function nameCall(call: string, attempts: number): NamedItem {
  return { index: 0, attempts, call };
}
