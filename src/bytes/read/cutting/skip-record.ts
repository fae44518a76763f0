import type { Hash } from 'node:crypto';
import type { BrokenRecord } from '../../block.ts';
import { describeTooLong } from '../../decode/lines/line-decoder.ts';
import type { ByteWindow } from './byte-window.ts';
import type { RecordEnd } from './record-end.ts';
import { type UnitForm, viewUnits } from './text/units.ts';
import { UNCLOSED } from '../../record-rules.ts';

const LARGEST_SKIP = 256 * 1024;

/** Passes over the rest of a record, without holding it; resolves to the number of its bytes. */
export async function skipRecord(
  window: ByteWindow,
  record: RecordEnd,
  form: UnitForm,
  hash: Hash | undefined,
): Promise<number> {
  for (let dropped = 0; ;) {
    window.begin(LARGEST_SKIP);
    await window.fill();
    if (window.isClosed) return dropped;
    record.find(viewUnits(window.memory, window.filled, form), 0);
    const length = record.isEnded ? record.end * form.size : window.filled;
    hash?.update(window.memory.subarray(0, length));
    dropped += length;
    window.leave(length);
    window.drop();
    if (record.isEnded || window.isAtEnd) return dropped;
  }
}

export function breakTooLong(maxRecordBytes: number, lines: number): BrokenRecord {
  return { reason: describeTooLong(maxRecordBytes), lines };
}

/** Describes a record whose quote never closes: its first line stands for it. */
export function breakUnclosed(): BrokenRecord {
  return { reason: UNCLOSED, lines: 1 };
}

/**
 * Describes a record of a stream whose quote never closes: the stream cannot be read again to find out what belongs to
 * the record and what does not.
 */
export function breakLost(lines: number): BrokenRecord {
  return { reason: `${UNCLOSED}, so that all behind it belongs to it`, lines };
}
