import type { Quoting } from '../../../record-rules.ts';
import { type UnitForm, unitFor } from './units.ts';

/** Follows the quotes of a record, unit by unit, and tells whether a place stands between them. */
export class Quotes {
  /** Whether the unit that was passed last stands in quotes. */
  isOpen = false;
  readonly #quote: number;
  readonly #delimiter: number;
  #mayOpen = true;
  /** True where the unit before was a quote that closes a field, unless it is doubled. */
  #mayDouble = false;

  constructor(quoting: Quoting | undefined, form: UnitForm) {
    this.#quote = quoting === undefined ? -1 : unitFor(quoting.quote, form);
    this.#delimiter = quoting === undefined ? -1 : unitFor(quoting.delimiter, form);
  }

  /** Passes over a unit of the record. Returns whether it is a quote that opens, closes or doubles. */
  pass(unit: number): boolean {
    if (unit === this.#quote && (this.isOpen || this.#mayOpen || this.#mayDouble)) {
      const isDoubled = this.#mayDouble;
      this.#mayDouble = this.isOpen;
      this.isOpen = isDoubled || !this.isOpen;
      this.#mayOpen = false;
      return true;
    }
    this.#mayDouble = false;
    if (!this.isOpen) this.#mayOpen = unit === this.#delimiter;
    return false;
  }
}
