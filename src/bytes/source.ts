import type { BlockPosition, BlockReader } from './block.ts';
import type { RecordFormat } from './format.ts';

/** Under this key a source says how its blocks are read. A registered symbol: the same in every copy of Telar. */
export const blocks: unique symbol = Symbol.for('telar.blocks') as never;

/**
 * Records in bytes: a pipeline hands them to the workers undecoded. Read with `for await`, they are decoded here.
 * Each iteration, and each run, opens it anew.
 */
export interface ByteSource<T> extends AsyncIterable<T> {
  readonly [blocks]: BlockSource;
}

export interface BlockSource {
  readonly format: RecordFormat;
  /**
   * Opens nothing before the first read.
   *
   * @param start - Of a run that can resume: where it begins.
   */
  readonly open: (start?: BlockStart) => BlockReader;
  /**
   * What it is known by from one run to the next; `undefined` for a stream, of which nothing is known before it is read.
   * Without it there are no runs with a journal.
   */
  readonly describe?: (() => Promise<string | undefined>) | undefined;
}

/** Where a run that can resume begins to read. */
export interface BlockStart {
  /** `undefined`: at the beginning. */
  readonly from: BlockPosition | undefined;
}

export function isByteSource(value: unknown): value is ByteSource<unknown> {
  return typeof value === 'object' && value !== null && blocks in value;
}
