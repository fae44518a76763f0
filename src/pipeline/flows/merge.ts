import { takeMerged } from '../../options/arguments.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { FoldSpec } from '../stage/specs.ts';
import type { Page } from './flow.ts';

/** Puts together what the workers folded, chunk by chunk and in input order, at the end of a pipeline. */
export interface Merge<R> {
  /** Takes the state of the next chunk. */
  add(state: unknown): void;
  readonly value: R;
}

/** Puts the same together within a pipeline: results leave to the next stage. Calls do not overlap. */
export interface StageMerge {
  /** Whether what leaves at the end depends on all of the input, so that nothing leaves for a part of it. */
  readonly needsAll: boolean;
  /** Takes the state of the next chunk. Gives what can leave now. */
  add(state: unknown): Page | Promise<Page>;
  /** Gives the results that are left to leave at the end. */
  rest(): Iterable<Page> | AsyncIterable<Page>;
  /** Frees what the merge has beside memory, also while a call is in progress, which then rejects. */
  close?(): Promise<void>;
}

export class CountMerge implements Merge<number> {
  value = 0;

  add(state: unknown): void {
    this.value += state as number;
  }
}

export class ReduceMerge implements Merge<unknown> {
  readonly #fold: FoldSpec;
  #state: { readonly state: unknown } | undefined;

  constructor(fold: FoldSpec) {
    this.#fold = fold;
  }

  add(state: unknown): void {
    const next = state as { readonly state: unknown } | undefined;
    if (next === undefined) return;
    const merge = this.#fold.merge as (before: unknown, after: unknown) => unknown;
    this.#state =
      this.#state === undefined ? next : { state: takeMerged(merge(this.#state.state, next.state)) };
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
  readonly #most: number;
  #top: Ranked[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(state: unknown): void {
    // Sorting is stable: of equal results, those that stood before stay before.
    this.#top = [...this.#top, ...(state as Ranked[])].sort((a, b) => b.rank - a.rank).slice(0, this.#most);
  }

  get value(): unknown[] {
    return this.#top.map(({ value }) => value);
  }
}

/** Reads the state that a portion of a fold holds. */
export function readState(collected: Collected): unknown {
  return collected.kind === 'folded' ? unpackValues(collected.state)[0] : undefined;
}
