import type { AsyncContext } from '../../async/async-context.ts';
import { decodeThrown, type EncodedThrown } from '../../wire/values/error.ts';
import type { Strays } from '../work/work.ts';
import { warnOfStray } from './failures.ts';

/** Counts what items of a run have left behind, and warns of it. */
export class StrayLog implements Strays {
  count = 0;
  readonly #context: AsyncContext;

  constructor(context: AsyncContext) {
    this.#context = context;
  }

  add(index: number | undefined, thrown: EncodedThrown): void {
    this.count++;
    // A listener for warnings is the caller's.
    this.#context(() => warnOfStray(index === undefined ? 'A task' : `Item ${index}`, decodeThrown(thrown)));
  }
}
