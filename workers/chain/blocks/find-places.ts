import { type Decoder, END } from '../../../src/bytes/decode/lines/decoder.ts';
import type { RecordPlace } from '../../../src/wire/message/payload.ts';

/** Reads a block up to the last of some records, and finds their places. */
export function findPlaces(decoder: Decoder, records: ReadonlySet<number>): Map<number, RecordPlace> {
  const places = new Map<number, RecordPlace>();
  for (let index = 0; places.size < records.size; index++) {
    try {
      if (decoder.next() === END) break;
    } catch {
      // A record that cannot be read counts as one, and was told as it was met.
      continue;
    }
    if (records.has(index)) {
      places.set(index, { index, line: decoder.line, column: undefined, text: decoder.text() });
    }
  }
  return places;
}
