import type { FileHandle } from 'node:fs/promises';
import { decodeLine, type JournalRecord } from './line.ts';

const PIECE = 1024 * 1024;
const LINE_END = 10;

/** The part of a journal that is as it was written. */
export interface GoodPart {
  /** Number of bytes of the part. */
  readonly bytes: number;
  /** Checksum of the last line of the part, from which the next goes on. */
  readonly checksum: number;
}

/** Reads a journal up to its first line that is not as it was written, or until `onRecord` has seen enough. */
export async function readLines(
  handle: FileHandle,
  onRecord: (record: JournalRecord) => boolean,
): Promise<GoodPart> {
  const buffer = Buffer.allocUnsafe(PIECE);
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let bytes = 0;
  let checksum = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE, position);
    if (bytesRead === 0) return { bytes, checksum };
    position += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let from = 0;
    for (let end = rest.indexOf(LINE_END); end !== -1; end = rest.indexOf(LINE_END, from)) {
      const decoded = decodeLine(rest.toString('utf8', from, end), checksum);
      if (decoded === undefined) return { bytes, checksum };
      if (!onRecord(decoded.record)) return { bytes, checksum };
      ({ checksum } = decoded);
      bytes += end + 1 - from;
      from = end + 1;
    }
    rest = rest.subarray(from);
  }
}
