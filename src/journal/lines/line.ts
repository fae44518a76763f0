import { crc32 } from './crc.ts';

/** The record that one line of a journal holds. */
export interface JournalRecord {
  /** Kind of the record; the writer's word. */
  readonly type: string;
}

const CHECKSUM = /^[0-9a-f]{8} $/;

/**
 * Encodes a record as a line: the checksum of its text, which goes on from the line before, and the text itself, as
 * JSON. So a bit that flipped, a line that is missing and lines that changed places are all noticed at the first line
 * that is not as written.
 */
export function encodeLine(record: JournalRecord, before: number): { line: string; checksum: number } {
  const text = JSON.stringify(record);
  const checksum = crc32(text, before);
  return { line: `${checksum.toString(16).padStart(8, '0')} ${text}\n`, checksum };
}

/** Decodes the record of a line, without its line end; `undefined` when the line is not as it was written. */
export function decodeLine(
  line: string,
  before: number,
): { record: JournalRecord; checksum: number } | undefined {
  if (!CHECKSUM.test(line.slice(0, 9))) return undefined;
  const text = line.slice(9);
  const checksum = crc32(text, before);
  if (checksum !== Number.parseInt(line.slice(0, 8), 16)) return undefined;
  return { record: JSON.parse(text) as JournalRecord, checksum };
}
