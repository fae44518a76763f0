import type { Quoting } from '../../record-rules.ts';
import { Quotes } from './text/quotes.ts';
import { type UnitForm, unitFor, type Units } from './text/units.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Looks for the end of one record in piece after piece, none of which is kept. */
export class RecordEnd {
  /** Number of the record's lines that have ended. */
  lines = 0;
  /** Whether the record has ended; `end` is the place behind its line end in the last piece. */
  isEnded = false;
  end = 0;
  /** Number of units up to the end of the record's first line, from the start of the first piece on. */
  firstLine = 0;
  readonly #lineFeed: number;
  /** Unit of a lone carriage return that ends lines; -1, which is no unit, where none does. */
  readonly #return: number;
  readonly #quotes: Quotes;
  #isFirstLine = true;
  #seen = 0;

  /** @param hasReturns - Whether lines may end with lone carriage returns. */
  constructor(quoting: Quoting | undefined, form: UnitForm, hasReturns: boolean) {
    this.#lineFeed = unitFor(LINE_FEED, form);
    this.#return = hasReturns ? unitFor(CARRIAGE_RETURN, form) : -1;
    this.#quotes = new Quotes(quoting, form);
  }

  /** Whether the record is in quotes where the last piece has ended. */
  get isQuoted(): boolean {
    return this.#quotes.isOpen;
  }

  /** Says whether the record ends in these units, which begin with those of the calls before. */
  reaches(units: Units, start: number): boolean {
    this.find(units, Math.max(this.#seen, start));
    this.#seen = units.length;
    return this.isEnded;
  }

  find(units: Units, from: number): void {
    const firstLine = this.firstLine;
    for (let at = from; at < units.length; at++) {
      const unit = units[at] as number;
      if (this.#isFirstLine && (unit === this.#lineFeed || unit === this.#return)) {
        this.#isFirstLine = false;
        this.firstLine = firstLine + at + 1;
      }
      if (this.#quotes.pass(unit) || unit !== this.#lineFeed) continue;
      this.lines++;
      if (this.#quotes.isOpen) continue;
      this.end = at + 1;
      this.isEnded = true;
      return;
    }
    if (this.#isFirstLine) this.firstLine = firstLine + units.length;
  }
}
