import type { EncodedFormat, Header } from '../format.ts';
import { makeCopyWriter } from './formats/copy.ts';
import { makeCsvWriter } from './formats/csv.ts';
import { writeLine } from './formats/lines.ts';
import { writeJson } from './formats/ndjson.ts';
import type { Format, RecordWriter } from './formats/record-writer.ts';
import { TextBytes } from './text-bytes.ts';

/** Writes records one behind the other into bytes of its own. An encoder can be used for any number of chunks. */
class Encoder {
  /** The two steps of `write`: makes the line of a record, and takes lines. */
  readonly makeLine: RecordWriter;
  readonly lines: TextBytes = new TextBytes();
  readonly #format: Format;
  #headerAtMark: Header | undefined;

  constructor(format: Format) {
    this.#format = format;
    this.makeLine = format.write;
  }

  /** Approximate number of bytes that the encoder holds. */
  get length(): number {
    return this.lines.length;
  }

  /** Columns that the encoder took from its first record, where the format does so. */
  get columns(): readonly string[] | undefined {
    return this.#format.columns;
  }

  /**
   * Writes a record. Throws a `TypeError` for a value that the format has no form for; then nothing of it was written.
   */
  write(record: unknown): void {
    this.lines.addLine(this.makeLine(record));
  }

  /** Writes by the header that earlier records decided, where the format has one. */
  follow(header: Header | undefined): void {
    this.#format.follow?.(header);
  }

  /** Sets a savepoint: records that are written from here on can be taken back, until the next one. */
  savepoint(): void {
    this.lines.savepoint();
    this.#headerAtMark = this.#format.header;
  }

  rollBack(): void {
    this.lines.rollBack();
    this.follow(this.#headerAtMark);
  }

  /**
   * Takes the bytes that were written, and begins anew. They stand in the memory that was lent, or in memory of their
   * own that can be transferred.
   */
  take(): Uint8Array {
    return this.lines.take();
  }

  /**
   * Forgets the bytes that were written.
   *
   * @param memory - Memory for those that come. `@defaultValue` memory of the encoder's own
   */
  reset(memory?: SharedArrayBuffer): void {
    this.lines.reset(memory);
  }
}

export type { Encoder };

/** Creates an encoder for a format. */
export function createEncoder(format: EncodedFormat): Encoder {
  switch (format.kind) {
    case 'lines':
      return new Encoder({ write: writeLine, columns: undefined });
    case 'ndjson':
      return new Encoder({ write: writeJson, columns: undefined });
    case 'csv':
      return new Encoder(makeCsvWriter(format));
    case 'copy':
      return new Encoder(makeCopyWriter(format));
  }
}
