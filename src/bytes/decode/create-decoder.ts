import type { Block } from '../block.ts';
import type { RecordFormat } from '../format.ts';
import { CopyDecoder } from './copy.ts';
import { CsvDecoder } from './csv.ts';
import type { Decoder } from './lines/decoder.ts';
import { LinesDecoder } from './lines/lines.ts';
import { NdjsonDecoder } from './ndjson.ts';

/** A function that reads blocks of a format. What can be prepared is prepared once. */
export function createDecoder(format: RecordFormat): (block: Block) => Decoder {
  switch (format.kind) {
    case 'lines':
      return (block) => new LinesDecoder(block, format.maxRecordBytes);
    case 'ndjson':
      return (block) => new NdjsonDecoder(block, format.maxRecordBytes);
    case 'csv':
      return (block) => new CsvDecoder(block, format);
    case 'copy':
      return (block) => new CopyDecoder(block);
  }
}
