import { decodeThrown, type EncodedThrown } from '../../wire/values/error.ts';
import { warnOfStray } from '../failure/failures.ts';
import type { Strays } from '../work/work.ts';
import type { Call } from './waiting-calls.ts';

/** Warns of the errors that calls have left behind: in the context of the call, while that has no outcome. */
export class CallStrays implements Strays {
  count = 0;
  readonly #find: (number: number) => Call | undefined;
  readonly #task: string;

  /** @param find - Finds a call that has no outcome yet. */
  constructor(find: (number: number) => Call | undefined, task: string) {
    this.#find = find;
    this.#task = task;
  }

  add(index: number | undefined, thrown: EncodedThrown): void {
    this.count++;
    const warn = (): void => warnOfStray(`A ${this.#noun}`, decodeThrown(thrown));
    const call = index === undefined ? undefined : this.#find(index);
    // A listener for warnings is the caller's code, so it runs in the caller's context.
    if (call === undefined) warn();
    else call.context(warn);
  }

  /** Calls have no numbers that their callers know. */
  name(): string {
    return `a ${this.#noun}`;
  }

  get #noun(): string {
    return this.#task === '' ? 'call' : `call of \`${this.#task}\``;
  }
}
