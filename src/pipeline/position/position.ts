import type { BlockPosition } from '../../bytes/block.ts';

/** How much of the source is behind a run. Plain data, kept in journals. */
export type SourcePosition =
  | ItemsPosition
  /** Of a source that cannot be pulled again from its first item: where it says that it is. */
  | { readonly kind: 'place'; readonly items: number; readonly at: unknown }
  | (BlockPosition & {
      readonly kind: 'bytes';
      /** Lines of the file that stand before it, and records of all files. */
      readonly lines: number;
      readonly records: number;
    });

export interface ItemsPosition {
  readonly kind: 'items';
  readonly items: number;
  /** Of all items so far: another input does not go unnoticed. */
  readonly hash: number;
}

/**
 * Where a flow stands: what there is to know to go on from there. With the same input, and tasks that give the same for
 * the same items, its results are the same sequence from there on, in whatever portions they come.
 */
export interface Mark {
  /** Where the flow before it stands, or the source: nothing before that is needed again. */
  readonly before: Mark | SourcePosition;
  /** How many of the items that enter the flow are behind it. */
  readonly index: number;
  /** How many of the results that come next have been handed on already. */
  readonly skip: number;
  /** How many dead letters the flow has written, for each of its policies. */
  readonly letters: readonly number[];
}

/** Where what comes before a flow stands when so many items have been handed on. Counts never go down. */
export type Locate = (count: number) => Mark | SourcePosition;

/** What a flow needs to say where it stands. */
export interface Tracking {
  /** Where it begins. */
  readonly start: Mark;
  readonly locate: Locate;
  /** How many dead letters it has written so far. */
  readonly countLetters: () => readonly number[];
}

/** Where a flow stands whose results so far are those of its first `index` items, and `skip` of the next. */
export function markAt(tracking: Tracking, index: number, skip: number): Mark {
  return { before: tracking.locate(index), index, skip, letters: tracking.countLetters() };
}
