import type { TextForm } from '../../block.ts';
import { UTF_8 } from '../../encoding.ts';
import type { ByteWindow } from './byte-window.ts';
import { CarriageReturnInput, CarriageReturns } from './text/carriage-returns.ts';
import { type Cut, findFirstLineEnd, makeCut } from './cut.ts';
import { RecordEnd } from './record-end.ts';
import { TextStartReader } from './text/text-start.ts';
import { findUnitForm, type UnitForm, type Units, viewUnits } from './text/units.ts';
import type { RecordRules } from '../../record-rules.ts';

/** The bytes of a window as the text that they are, from the start of a record on. All numbers count bytes. */
export class WindowText {
  form: TextForm | undefined;
  /** Number of the first bytes that are a byte order mark. */
  bom = 0;
  unitForm: UnitForm = findUnitForm(UTF_8);
  readonly #window: ByteWindow;
  readonly #rules: RecordRules;
  readonly #start: TextStartReader;
  #cut!: Cut;
  /** Search for the end of the first record that goes on where none was found, so that each byte is looked at once. */
  #first: RecordEnd | undefined;

  /** @param limit - Number of bytes by which a file has shown how it is written. */
  constructor(window: ByteWindow, rules: RecordRules, limit: number) {
    this.#window = window;
    this.#rules = rules;
    this.#start = new TextStartReader(rules, limit);
  }

  /**
   * Takes the form of the text, once it is known; returns the converter of carriage returns, where records end with
   * them.
   */
  open(form: TextForm): CarriageReturns | undefined {
    const { quoting } = this.#rules;
    const window = this.#window;
    const unitForm = findUnitForm(form.encoding);
    this.form = form;
    this.unitForm = unitForm;
    window.unit = unitForm.size;
    this.#cut = makeCut(quoting, unitForm);
    if (!form.endsWithCr) return undefined;
    const begin = (): CarriageReturns => new CarriageReturns(quoting, unitForm);
    const returns = begin();
    window.input = new CarriageReturnInput(window.input, unitForm, begin, returns);
    return returns;
  }

  /** Begins a new block. */
  begin(): void {
    this.#first = undefined;
  }

  /**
   * Finds the end of the last whole record in about `size` bytes, which hold at least one; 0 when none ends, or when it
   * takes more bytes to tell.
   */
  findCut(size: number): number {
    if (!this.#recognise()) return 0;
    const units = this.#units();
    if (this.#first?.reaches(units, this.#from) === false) return 0;
    this.#first ??= this.#openRecord();
    const least = Math.max(1, Math.ceil(size / this.unitForm.size));
    for (let end = Math.min(units.length, least); ; end = Math.min(units.length, 2 * end)) {
      const cut = this.#cut(units, this.#from, end);
      if (cut > 0 || end === units.length) return cut * this.unitForm.size;
    }
  }

  /** Follows a record that begins at this byte, or behind the mark, to its end or to that of the window. */
  follow(from: number): RecordEnd {
    const record = this.#openRecord();
    record.find(this.#units(), Math.max(this.#from, from / this.unitForm.size));
    return record;
  }

  /** Finds the end of the first line, whatever it holds. Reading begins anew behind it. */
  leaveLine(): number {
    const units = this.#units();
    const hasReturns = this.form?.endsWithCr === true;
    const end = findFirstLineEnd(units, this.#from, this.unitForm, hasReturns);
    if (hasReturns) {
      const again = new CarriageReturns(this.#rules.quoting, this.unitForm);
      again.convert(units, end, units.length);
    }
    return end === units.length ? this.#window.filled : end * this.unitForm.size;
  }

  #recognise(): boolean {
    if (this.form !== undefined) return true;
    const window = this.#window;
    const start = this.#start.read(window.memory, window.filled, window.isAtEnd);
    window.unit = this.#start.unit;
    if (start === undefined) return false;
    this.bom = start.bom;
    const returns = this.open(start.form);
    const units = this.#units();
    returns?.convert(units, this.#from, units.length);
    return true;
  }

  /** Start of the first record, in units. */
  get #from(): number {
    return this.bom / this.unitForm.size;
  }

  #units(): Units {
    return viewUnits(this.#window.memory, this.#window.filled, this.unitForm);
  }

  #openRecord(): RecordEnd {
    return new RecordEnd(this.#rules.quoting, this.unitForm, this.form?.endsWithCr === true);
  }
}
