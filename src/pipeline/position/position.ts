import type { BlockPosition } from '../../bytes/block.ts';

/** Position in the source: how much of it is behind a run. Plain data, kept in journals. */
export type SourcePosition =
  | ItemsPosition
  /** Place at which a source says that it is, when it cannot be pulled again from its first item. */
  | { readonly kind: 'place'; readonly items: number; readonly at: unknown }
  | (BlockPosition & {
      readonly kind: 'bytes';
      /** Lines of the file that stand before the position; `records` counts the records of all files. */
      readonly lines: number;
      readonly records: number;
    });

export interface ItemsPosition {
  readonly kind: 'items';
  readonly items: number;
  /** Hash of all items so far: another input does not go unnoticed. */
  readonly hash: number;
}

/**
 * Position of a flow: what there is to know to go on from there. With the same input, and tasks that give the same for
 * the same items, its results are the same sequence from there on, in whatever portions they come.
 */
export interface Position {
  /** Position of the flow before this one, or of the source: nothing before that is needed again. */
  readonly before: Position | SourcePosition;
  /** Number of the items entering the flow that are behind it. */
  readonly index: number;
  /** Number of the results coming next that have been handed on already. */
  readonly skip: number;
  /** Numbers of dead letters that the flow has written, for each of its policies. */
  readonly letters: readonly number[];
}

/** Returns where what comes before a flow stands when `count` items have been handed on. Counts never go down. */
export type Locate = (count: number) => Position | SourcePosition;

/** Means by which a flow says where it stands. */
export interface Tracking {
  /** Position where the flow begins. */
  readonly start: Position;
  readonly locate: Locate;
  /** Returns how many dead letters the flow has written so far, for each of its policies. */
  readonly countDeadLetters: () => readonly number[];
}

/** Returns where a flow stands whose results so far are those of its first `index` items, and `skip` of the next. */
export function positionAt(tracking: Tracking, index: number, skip: number): Position {
  return { before: tracking.locate(index), index, skip, letters: tracking.countDeadLetters() };
}
