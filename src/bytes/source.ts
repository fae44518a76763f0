import type { BlockPosition, BlockReader } from './block.ts';
import type { RecordFormat } from './format.ts';

/**
 * Key under which a source says how its blocks are read. It is a registered symbol: the same in every copy of Telar.
 */
export const blocks: unique symbol = Symbol.for('telar.blocks') as never;

/**
 * A source of records in bytes: a pipeline hands them to the workers undecoded. Read with `for await`, they are decoded
 * on the thread that reads. Each iteration, and each run, opens the source anew.
 */
export interface ByteSource<T> extends AsyncIterable<T> {
  readonly [blocks]: BlockSource;
}

export interface BlockSource {
  readonly format: RecordFormat;
  /**
   * Makes a reader of the blocks, which opens nothing before the first read.
   *
   * @param start - Place where a run that can resume begins.
   */
  readonly open: (start?: BlockStart) => BlockReader;
  /**
   * Describes the source so that the next run knows it again; `undefined` for a stream, of which nothing is known
   * before it is read. A source without this takes no runs with a journal.
   */
  readonly describe?: (() => Promise<string | undefined>) | undefined;
}

/** The place where a run that can resume begins to read. */
export interface BlockStart {
  /** Position to go on from; `undefined` for the beginning. */
  readonly from: BlockPosition | undefined;
}

export function isByteSource(value: unknown): value is ByteSource<unknown> {
  return typeof value === 'object' && value !== null && blocks in value;
}
