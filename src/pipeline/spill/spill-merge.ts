import type { Page } from '../flows/flow.ts';
import { DistinctMerge, GroupMerge } from '../flows/keyed-merge.ts';
import type { StageMerge } from '../flows/merge.ts';
import type { ResolvedSpill } from '../stage/keyed-options.ts';
import type { DistinctSpec, GroupSpec } from '../stage/specs.ts';
import type { SpillingMerge, SpillingPlan } from './spilling-merge.ts';
import type { SpillStore } from './spill-store.ts';

type Form = Pick<SpillingPlan, 'first' | 'give' | 'hasKeys' | 'hasValues' | 'merge'>;

/** Makes the merge of a stage, in memory or beyond it. */
export function makeGroupMerge({ fold, spill }: GroupSpec): StageMerge {
  const merge = fold.merge as (before: unknown, after: unknown) => unknown;
  const first = new GroupMerge(merge);
  const give = (key: unknown, value: unknown): unknown => [key, value];
  return spill === undefined
    ? first
    : new SpillMerge(spill, { first, merge, give, hasKeys: true, hasValues: true });
}

/** @param isCounted - Whether nobody asks for the items, but only for their number. */
export function makeDistinctMerge({ spill }: DistinctSpec, isCounted: boolean): StageMerge {
  const first = new DistinctMerge();
  const give = (_key: unknown, value: unknown): unknown => value;
  const merge = (before: unknown): unknown => before;
  return spill === undefined
    ? first
    : new SpillMerge(spill, { first, merge, give, hasKeys: false, hasValues: !isCounted });
}

/** Bytes of a block: with one of each part in memory, a quarter of that is taken. */
const BLOCKS_IN_MEMORY = 512;
const FEWEST_BYTES = 4096;
const MOST_BYTES = 1 << 20;

/** A merge that goes to files. What does that is loaded, and the folder made, when the first chunk comes. */
class SpillMerge implements StageMerge {
  readonly needsAll: boolean;
  readonly #settings: ResolvedSpill;
  readonly #form: Form;
  #opening: Promise<{ readonly store: SpillStore; readonly merge: SpillingMerge }> | undefined;
  #merge: SpillingMerge | undefined;

  constructor(settings: ResolvedSpill, form: Form) {
    this.#settings = settings;
    this.#form = form;
    this.needsAll = form.first.needsAll;
  }

  add(state: unknown): Page | Promise<Page> {
    if (this.#merge !== undefined) return this.#merge.add(state);
    this.#opening ??= this.#open();
    return this.#opening.then(({ merge }) => (this.#merge = merge).add(state));
  }

  rest(): Iterable<Page> | AsyncIterable<Page> {
    return this.#merge?.rest() ?? [];
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.store.close();
  }

  async #open(): Promise<{ readonly store: SpillStore; readonly merge: SpillingMerge }> {
    const { folder, memory } = this.#settings;
    const [{ SpillStore }, { SpillingMerge }] = await Promise.all([
      import('./spill-store.ts'),
      import('./spilling-merge.ts'),
    ]);
    const store = await SpillStore.open(folder);
    const blockBytes = Math.min(Math.max(memory / BLOCKS_IN_MEMORY, FEWEST_BYTES), MOST_BYTES);
    return { store, merge: new SpillingMerge({ ...this.#form, store, memory, blockBytes }) };
  }
}
