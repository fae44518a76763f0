import type { Transferable } from 'node:worker_threads';
import type { Header } from '../../bytes/format.ts';
import type { Collected } from '../../wire/message/payload.ts';
import { type Packed, packElements, packValues, type TypedArray } from '../../wire/pack/pack.ts';

/** Items that go to a worker in one message. They are kept on the main thread until their outcomes are in. */
export interface Chunk {
  /** Position of the first item in the input; positions of all items when they are not consecutive. */
  readonly index: number | Float64Array;
  readonly items: Items;
  /** Number of the try, which is 1 at the first. */
  readonly attempt: number;
  /** Number of times that a worker died with this chunk although none of its items had begun. */
  readonly losses: number;
  /**
   * Number of times that an idle worker took the chunk over, whole, from one that had not come to it. `@defaultValue` 0
   */
  readonly moves?: number | undefined;
  /** Whether nobody else refers to the memory of the chunk's items, so that it can be used again. */
  readonly isSole: boolean;
  /**
   * Header that earlier results decided, where results are rows of a table; `undecided` where those of the chunk are to
   * decide it, so that no two workers share the chunk. `@defaultValue` results are no rows
   */
  readonly header?: Header | 'undecided' | undefined;
}

/** Items of a chunk. Those of a typed array are a view of it, which costs no copy until it is sent. */
export type Items = readonly unknown[] | TypedArray;

/** Returns the header that a chunk is sent with. */
export function headerOf({ header }: Chunk): Header | undefined {
  return header === 'undecided' ? undefined : header;
}

/** Returns the header that results have decided; `undefined` where none of them is a row. */
export function headerOfRows(collected: Collected | undefined): Header | undefined {
  return collected?.kind !== 'bytes' || collected.count === 0 ? undefined : (collected.columns ?? null);
}

export function indexOf(chunk: Chunk, at: number): number {
  return typeof chunk.index === 'number' ? chunk.index + at : (chunk.index[at] as number);
}

/** Returns the part of a chunk from one offset up to another. */
export function sliceChunk(chunk: Chunk, from: number, to: number): Chunk {
  const { index, items } = chunk;
  return {
    ...chunk,
    isSole: false,
    index: typeof index === 'number' ? index + from : index.slice(from, to),
    items: ArrayBuffer.isView(items) ? items.subarray(from, to) : items.slice(from, to),
  };
}

export function packItems(items: Items, transfers: Set<Transferable>): Packed {
  return ArrayBuffer.isView(items)
    ? packElements(items, 0, items.length, transfers)
    : packValues(items, transfers);
}
