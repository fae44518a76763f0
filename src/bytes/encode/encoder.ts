import type { EncodedFormat } from '../format.ts';
import { makeCopyWriter } from './formats/copy.ts';
import { makeCsvWriter } from './formats/csv.ts';
import { writeLine } from './formats/lines.ts';
import { writeJson } from './formats/ndjson.ts';
import type { Format } from './formats/record-writer.ts';
import { TextBytes } from './text-bytes.ts';

/** Writes records one behind the other into bytes that it owns. Can be used for any number of chunks. */
export class Encoder {
  readonly #format: Format;
  readonly #bytes = new TextBytes();

  constructor(format: Format) {
    this.#format = format;
  }

  /** About how many bytes it holds. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The columns that it took from its first record, where the format does so. */
  get columns(): readonly string[] | undefined {
    return this.#format.columns;
  }

  /** Throws a `TypeError` for a value that has no such form; then nothing of it was written. */
  write(record: unknown): void {
    this.#bytes.add(this.#format.write(record));
  }

  /** What is written from here on can be taken back, until the next mark. */
  mark(): void {
    this.#bytes.mark();
  }

  rollBack(): void {
    this.#bytes.rollBack();
  }

  /** What was written, in memory of its own that can be transferred; begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.take();
  }

  /** Forgets what was written. */
  reset(): void {
    this.#bytes.reset();
  }
}

/** An encoder of a format. */
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
