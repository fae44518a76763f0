import type { Block } from '../block.ts';
import { END, MalformedError } from './lines/decoder.ts';
import { LineDecoder } from './lines/line-decoder.ts';
import { findRowForm, type RowForm } from './csv/row-form.ts';

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Decodes the text form of PostgreSQL's COPY: every value is text, or `null`. */
export class CopyDecoder extends LineDecoder {
  readonly #columns: number;
  readonly #makeRow: RowForm['make'];
  readonly #length: number;
  #isEnded = false;

  constructor(block: Block) {
    const { columns = [] } = block;
    super(block, Infinity);
    this.#length = block.bytes.length;
    this.#columns = columns.length;
    this.#makeRow = findRowForm(columns, '\t', undefined).make;
  }

  /**
   * Position of the next record, in bytes; the end of the block once the end mark was read: what stands behind it is no
   * data.
   */
  override get position(): number {
    return this.#isEnded ? this.#length : super.position;
  }

  next(): unknown {
    const text = this.#isEnded ? undefined : this.read();
    if (text === undefined || text === '\\.') {
      this.#isEnded = true;
      return END;
    }
    const fields: (string | null)[] = text.split('\t');
    if (fields.length !== this.#columns) {
      throw new MalformedError(
        `expected ${this.#columns} fields, found ${fields.length}`,
        this.reader.line,
        1,
      );
    }
    if (text.includes('\\')) {
      for (let at = 0; at < fields.length; at++) fields[at] = unescape(fields[at] as string);
    }
    return this.#makeRow(fields);
  }
}

function unescape(field: string): string | null {
  if (field === '\\N') return null;
  if (!field.includes('\\')) return field;
  return field.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (code.length > 1 && code[0] === 'x') return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? code;
  });
}
