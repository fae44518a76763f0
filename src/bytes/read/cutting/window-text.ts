import type { TextForm } from '../../block.ts';
import { UTF_8 } from '../../encoding.ts';
import type { ByteWindow } from './byte-window.ts';
import { CarriageReturnInput, CarriageReturns } from './text/carriage-returns.ts';
import { type Cut, findFirstLineEnd, makeCut } from './cut.ts';
import { RecordEnd } from './record-end.ts';
import { TextStartReader } from './text/text-start.ts';
import { findUnitForm, type UnitForm, type Units, viewUnits } from './text/units.ts';
import type { RecordRules } from '../../record-rules.ts';

/** The bytes of a window as the text that they are, from the start of a record on. All numbers are bytes. */
export class WindowText {
  form: TextForm | undefined;
  /** How many of the first bytes are a byte order mark. */
  mark = 0;
  unitForm: UnitForm = findUnitForm(UTF_8);
  readonly #window: ByteWindow;
  readonly #rules: RecordRules;
  readonly #start: TextStartReader;
  #cut!: Cut;
  /** Looks on for the end of the first record where it was not found: each byte is looked at once. */
  #first: RecordEnd | undefined;

  /** @param limit - A file has shown by then how it is written. */
  constructor(window: ByteWindow, rules: RecordRules, limit: number) {
    this.#window = window;
    this.#rules = rules;
    this.#start = new TextStartReader(rules, limit);
  }

  /** It is known how the text is written. */
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

  /** A new block begins. */
  begin(): void {
    this.#first = undefined;
  }

  /**
   * Where the last whole record ends of about `size` bytes, which is one at least; 0 when none does, or when it takes more
   * bytes to tell.
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

  /** Where a record is, at the end of all there is, that begins at this byte or behind the mark. */
  follow(from: number): RecordEnd {
    const record = this.#openRecord();
    record.find(this.#units(), Math.max(this.#from, from / this.unitForm.size));
    return record;
  }

  /** Where the first line ends, whatever it holds. Behind it reading begins anew. */
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
    const { memory, filled, isAtEnd } = this.#window;
    const start = this.#start.read(memory, filled, isAtEnd);
    if (start === undefined) return false;
    this.mark = start.mark;
    const returns = this.open(start.form);
    const units = this.#units();
    returns?.convert(units, this.#from, units.length);
    return true;
  }

  /** Where the first record begins, in units. */
  get #from(): number {
    return this.mark / this.unitForm.size;
  }

  #units(): Units {
    return viewUnits(this.#window.memory, this.#window.filled, this.unitForm);
  }

  #openRecord(): RecordEnd {
    return new RecordEnd(this.#rules.quoting, this.unitForm, this.form?.endsWithCr === true);
  }
}
