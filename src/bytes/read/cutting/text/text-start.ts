import type { TextForm } from '../../../block.ts';
import { type Encoding, measureBom, readEncodingBom } from '../../../encoding.ts';
import type { RecordRules } from '../../../record-rules.ts';
import { CarriageReturns } from './carriage-returns.ts';
import { findUnitForm, type UnitForm, viewUnits } from './units.ts';

/** Number of bytes that tell the encoding. */
export const LEAST_TOLD = 4;

/** The form of a file's text, as its first bytes tell it. */
export interface TextStart {
  readonly form: TextForm;
  /** Number of bytes that the byte order mark takes. */
  readonly bom: number;
}

/** Recognises how a file is written from its first bytes, of which each call brings more. */
export class TextStartReader {
  readonly #rules: RecordRules;
  readonly #limit: number;
  #told: { readonly encoding: Encoding; readonly bom: number; readonly unitForm: UnitForm } | undefined;
  #returns: CarriageReturns | undefined;
  /** Number of units that were looked at for carriage returns. */
  #seen = 0;

  /** @param limit - Most bytes that are looked at: what comes of a file does not depend on how it is read. */
  constructor(rules: RecordRules, limit: number) {
    this.#rules = rules;
    this.#limit = limit;
  }

  /** Size of a unit, in bytes; 1 while that is not known. */
  get unit(): UnitForm['size'] {
    return this.#told?.unitForm.size ?? 1;
  }

  /**
   * Reads the start of a file; `undefined` when it takes more bytes to tell.
   *
   * @param isAll - Whether no more bytes will come.
   */
  read(memory: Uint8Array, filled: number, isAll: boolean): TextStart | undefined {
    if (filled < LEAST_TOLD && !isAll) return undefined;
    const { encoding, bom, unitForm } = (this.#told ??= this.#readBom(memory.subarray(0, filled)));
    // What reads on behind the start, and exchanges units, begins with a whole one.
    if (filled % unitForm.size !== 0 && !isAll) return undefined;
    if (!this.#rules.mayEndWithCr) return { form: { encoding, endsWithCr: false }, bom };
    this.#returns ??= new CarriageReturns(this.#rules.quoting, unitForm);
    const units = viewUnits(memory, Math.min(filled, this.#limit), unitForm);
    const endsWithCr = this.#returns.judge(units, Math.max(this.#seen, bom / unitForm.size), units.length);
    this.#seen = units.length;
    // A carriage return at the very end may be followed by a line feed.
    if (endsWithCr !== false && filled < this.#limit && !isAll) return undefined;
    const isCut = filled >= this.#limit && this.#returns.endsWithFeed;
    return { form: { encoding, endsWithCr: endsWithCr === true && !isCut }, bom };
  }

  #readBom(bytes: Uint8Array): { encoding: Encoding; bom: number; unitForm: UnitForm } {
    const first = bytes.subarray(0, LEAST_TOLD);
    const encoding = this.#rules.encoding ?? readEncodingBom(first);
    const bom = this.#rules.hasBom ? measureBom(encoding, first) : 0;
    return { encoding, bom, unitForm: findUnitForm(encoding) };
  }
}
