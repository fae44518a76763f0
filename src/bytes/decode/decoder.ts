import type { Block } from '../block.ts';
import type { RecordFormat } from '../format.ts';
import { CopyDecoder } from './copy.ts';
import { CsvDecoder } from './csv.ts';
import { LinesDecoder } from './lines.ts';
import { NdjsonDecoder } from './ndjson.ts';

export { MalformedError } from './malformed.ts';

/** No record is left in the block. */
export { END } from './end.ts';

/** Reads the records of one block, one after the other, straight from its bytes. */
export interface Decoder {
  /** The next record, or `END`. Throws `MalformedError` for one that cannot be read; the next call goes on behind it. */
  next(): unknown;
  /** Where the record that `next` gave, or threw for, begins: bytes from the start of the block. */
  readonly start: number;
  /** The line on which it begins, counted from 0 at the start of the block. */
  readonly line: number;
  /** Its bytes as text, for whom it failed for; at most 64 KB of it. */
  text(): string;
  /** How many lines the block has. Known at the end. */
  readonly lines: number;
}

/** A function that reads blocks of a format. What can be prepared is prepared once. */
export function createDecoder(format: RecordFormat): (block: Block) => Decoder {
  switch (format.kind) {
    case 'lines':
      return (block) => new LinesDecoder(block);
    case 'ndjson':
      return (block) => new NdjsonDecoder(block);
    case 'csv':
      return (block) => new CsvDecoder(block, format);
    case 'copy':
      return (block) => new CopyDecoder(block);
  }
}
