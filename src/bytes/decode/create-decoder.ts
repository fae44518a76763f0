import type { Block } from '../block.ts';
import type { RecordFormat } from '../format.ts';
import { CopyDecoder } from './copy.ts';
import { CsvDecoder } from './csv/csv.ts';
import type { Decoder } from './lines/decoder.ts';
import { LinesDecoder } from './lines/lines.ts';
import { NdjsonDecoder } from './ndjson.ts';

/** Makes a function that opens a decoder for each block of a format. */
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
