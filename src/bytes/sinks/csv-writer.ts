import { createEncoder } from '../encode/encoder.ts';
import type { EncodedFormat } from '../format.ts';
import type { ByteWriter } from '../sink.ts';
import type { ByteTarget } from './file-target.ts';
import type { TextTarget } from './text-target.ts';

/** State that is needed to go on behind some rows. */
interface CsvState {
  readonly columns: readonly string[] | undefined;
  readonly hasArrays: boolean;
}

type CsvFormat = Extract<EncodedFormat, { kind: 'csv' }>;

/** Writes rows of CSV, with the names before the first row. */
export class CsvWriter implements ByteWriter {
  readonly #target: ByteTarget;
  readonly format: CsvFormat;
  readonly freesBytes: boolean | undefined;
  readonly #hasHeader: boolean;
  #columns: readonly string[] | undefined;
  /** Whether there were rows that told no columns: arrays. */
  #hasArrays = false;

  /** @param state - State that a checkpoint gave, of a file that goes on. */
  constructor(target: ByteTarget, format: CsvFormat, hasHeader: boolean, state: unknown) {
    this.#target = target;
    this.freesBytes = target.freesBytes;
    this.#hasHeader = hasHeader;
    const { columns, hasArrays } = (state ?? {}) as Partial<CsvState>;
    this.#columns = columns;
    this.#hasArrays = hasArrays === true;
    this.format = { ...format, header: columns ?? (this.#hasArrays ? null : undefined) };
  }

  async write(bytes: Uint8Array, records: number, columns: readonly string[] | undefined): Promise<void> {
    if (records === 0) return;
    if (columns === undefined) this.#hasArrays = true;
    else if (this.#columns === undefined) await this.#writeHeader(columns);
    else if (this.#columns.join('\0') !== columns.join('\0')) {
      throw new TypeError(
        `Rows have different columns: ${this.#columns.join(', ')}, and ${columns.join(', ')}. Give \`columns\` to toCsv().`,
      );
    }
    if (this.#hasArrays && this.#columns !== undefined) {
      throw new TypeError(
        'Rows of CSV are objects and arrays. Give `columns` to toCsv(), or make them alike.',
      );
    }
    await this.#target.write(bytes);
  }

  async end(): Promise<void> {
    const { columns } = this.format;
    if (this.#columns === undefined && columns !== undefined) await this.#writeHeader(columns);
    await this.#target.end();
  }

  async checkpoint(): Promise<unknown> {
    const state: CsvState = { columns: this.#columns, hasArrays: this.#hasArrays };
    return { ...state, ...(await (this.#target as TextTarget).checkpoint()) };
  }

  abort(): Promise<void> {
    return this.#target.abort();
  }

  async #writeHeader(columns: readonly string[]): Promise<void> {
    this.#columns = columns;
    if (!this.#hasHeader) return;
    const encoder = createEncoder({ ...this.format, columns });
    encoder.write(columns);
    await this.#target.write(encoder.take());
  }
}
