import type { Quoting } from '../../record-rules.ts';
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
  /** Whether the record is in quotes where the last piece has ended. */
  isQuoted = false;
  readonly #lineFeed: number;
  /** Unit of a lone carriage return that ends lines; -1, which is no unit, where none does. */
  readonly #return: number;
  readonly #quote: number;
  readonly #delimiter: number;
  #mayOpen = true;
  /** True where the unit before was a quote that closes a field, unless it is doubled. */
  #mayDouble = false;
  #isFirstLine = true;
  #seen = 0;

  /** @param hasReturns - Whether lines may end with lone carriage returns. */
  constructor(quoting: Quoting | undefined, form: UnitForm, hasReturns: boolean) {
    this.#lineFeed = unitFor(LINE_FEED, form);
    this.#return = hasReturns ? unitFor(CARRIAGE_RETURN, form) : -1;
    this.#quote = quoting === undefined ? -1 : unitFor(quoting.quote, form);
    this.#delimiter = quoting === undefined ? -1 : unitFor(quoting.delimiter, form);
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
      if (unit === this.#quote && (this.isQuoted || this.#mayOpen || this.#mayDouble)) this.#turn();
      else if (this.#pass(unit)) {
        this.end = at + 1;
        this.isEnded = true;
        return;
      }
    }
    if (this.#isFirstLine) this.firstLine = firstLine + units.length;
  }

  #turn(): void {
    const isDoubled = this.#mayDouble;
    this.#mayDouble = this.isQuoted;
    this.isQuoted = isDoubled || !this.isQuoted;
    this.#mayOpen = false;
  }

  /** Passes over a unit that opens or closes no quotes; says whether it ends the record. */
  #pass(unit: number): boolean {
    this.#mayDouble = false;
    if (unit === this.#lineFeed) {
      this.lines++;
      return !this.isQuoted;
    }
    if (!this.isQuoted) this.#mayOpen = unit === this.#delimiter;
    return false;
  }
}
