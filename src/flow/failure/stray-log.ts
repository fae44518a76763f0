import type { AsyncContext } from '../../async/async-context.ts';
import { decodeThrown, type EncodedThrown } from '../../wire/values/error.ts';
import type { Strays } from '../work/work.ts';
import { warnOfStray } from './failures.ts';

/** Counts the errors that items of a run have left behind, and warns of them. */
export class StrayLog implements Strays {
  count = 0;
  readonly #context: AsyncContext;

  constructor(context: AsyncContext) {
    this.#context = context;
  }

  add(index: number | undefined, thrown: EncodedThrown): void {
    this.count++;
    // A listener for warnings is the caller's code, so it runs in the caller's context.
    this.#context(() => warnOfStray(index === undefined ? 'A task' : `Item ${index}`, decodeThrown(thrown)));
  }

  name(first: number, final: number): string {
    return nameItems(first, final);
  }
}

/** Names items of a run by their numbers. */
export function nameItems(first: number, final: number): string {
  return first === final ? `item ${first}` : `one of the items ${first} to ${final}`;
}
