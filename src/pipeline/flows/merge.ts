import { unpackValues } from '../../wire/pack/pack.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { FoldSpec } from '../stage/specs.ts';

/** Puts together what the workers folded, chunk by chunk and in input order. */
export interface Merge<R> {
  /** Takes the state of the next chunk. Returns what can leave now. */
  add(state: unknown): unknown[];
  /** Results that are left to leave at the end. */
  readonly rest: unknown[];
  /** The value of a merge that ends a pipeline. */
  readonly value: R;
}

export class CountMerge implements Merge<number> {
  value = 0;
  readonly rest: unknown[] = [];

  add(state: unknown): unknown[] {
    this.value += state as number;
    return [];
  }
}

export class ReduceMerge implements Merge<unknown> {
  readonly rest: unknown[] = [];
  readonly #fold: FoldSpec;
  #state: { readonly state: unknown } | undefined;

  constructor(fold: FoldSpec) {
    this.#fold = fold;
  }

  add(state: unknown): unknown[] {
    const next = state as { readonly state: unknown } | undefined;
    if (next === undefined) return [];
    const merge = this.#fold.merge as (before: unknown, after: unknown) => unknown;
    this.#state = this.#state === undefined ? next : { state: merge(this.#state.state, next.state) };
    return [];
  }

  get value(): unknown {
    return this.#state === undefined ? this.#fold.init() : this.#state.state;
  }
}

interface Ranked {
  readonly rank: number;
  readonly value: unknown;
}

export class TopMerge implements Merge<unknown[]> {
  readonly rest: unknown[] = [];
  readonly #most: number;
  #top: Ranked[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(state: unknown): unknown[] {
    // Sorting is stable: of equal results, those that stood before stay before.
    this.#top = [...this.#top, ...(state as Ranked[])].sort((a, b) => b.rank - a.rank).slice(0, this.#most);
    return [];
  }

  get value(): unknown[] {
    return this.#top.map(({ value }) => value);
  }
}

/** Reads the state that a portion of a fold holds. */
export function readState(collected: Collected): unknown {
  return collected.kind === 'folded' ? unpackValues(collected.state)[0] : undefined;
}
