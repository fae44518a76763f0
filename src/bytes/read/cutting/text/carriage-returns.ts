import type { ByteInput } from '../../inputs/byte-input.ts';
import type { Quoting } from '../../../record-rules.ts';
import { type UnitForm, unitFor, type Units, viewUnits } from './units.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Makes line feeds of lone carriage returns that end records, as Excel for the Mac writes them. Carriage returns within
 * quotes are text. The state goes on from piece to piece.
 */
export class CarriageReturns {
  readonly #codes: Codes;
  #isQuoted = false;
  #mayOpen = true;
  /** Number of carriage returns outside of quotes; `#wasReturn` tells whether the unit before was one. */
  #returns = 0;
  #wasReturn = false;
  /** True where the last unit that was judged is a line feed, behind a lone carriage return. */
  #endsWithFeed = false;
  /** True where the unit before was a quote that closes a field, unless it is doubled. */
  #wasClosed = false;

  constructor(quoting: Quoting | undefined, form: UnitForm) {
    this.#codes = {
      lineFeed: unitFor(LINE_FEED, form),
      carriageReturn: unitFor(CARRIAGE_RETURN, form),
      quote: quoting === undefined ? -1 : unitFor(quoting.quote, form),
      delimiter: quoting === undefined ? -1 : unitFor(quoting.delimiter, form),
    };
  }

  /**
   * Says whether records end with lone carriage returns: there is one outside of quotes, and no line feed there but at
   * the end of all, where an editor may have put it. `undefined` where there is neither.
   */
  judge(units: Units, from: number, to: number): boolean | undefined {
    for (let at = from; at < to; at++) {
      if (this.#endsWithFeed) return false;
      const lone = this.#returns - (this.#wasReturn ? 1 : 0);
      if (this.#step(units[at] as number) !== 'line feed') continue;
      if (lone === 0) return false;
      this.#endsWithFeed = true;
    }
    return this.#returns > 0 ? true : undefined;
  }

  /** Whether the units that were judged end with a line feed, so that any unit behind them tells. */
  get endsWithFeed(): boolean {
    return this.#endsWithFeed;
  }

  convert(units: Units, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      if (this.#step(units[at] as number) === 'return') units[at] = this.#codes.lineFeed;
    }
  }

  /**
   * Reads a unit, and says what it is outside of quotes. A doubled quote closes a field and opens it again, which comes
   * to the same.
   */
  #step(unit: number): 'return' | 'line feed' | undefined {
    const { quote, delimiter, lineFeed, carriageReturn } = this.#codes;
    this.#wasReturn = unit === carriageReturn && !this.#isQuoted;
    if (this.#isQuoted) {
      if (unit !== quote) return undefined;
      this.#isQuoted = false;
      this.#wasClosed = true;
      return undefined;
    }
    const wasClosed = this.#wasClosed;
    this.#wasClosed = false;
    if (unit === quote && (this.#mayOpen || wasClosed)) {
      this.#isQuoted = true;
      this.#mayOpen = false;
      return undefined;
    }
    this.#mayOpen = unit === delimiter || unit === carriageReturn || unit === lineFeed;
    if (unit === lineFeed) return 'line feed';
    if (unit !== carriageReturn) return undefined;
    this.#returns++;
    return 'return';
  }
}

interface Codes {
  readonly lineFeed: number;
  readonly carriageReturn: number;
  readonly quote: number;
  readonly delimiter: number;
}

/** An input whose records end with lone carriage returns, read as if they were line feeds. */
export class CarriageReturnInput implements ByteInput {
  readonly file: string | undefined;
  readonly isLive: boolean;
  readonly seek: ByteInput['seek'];
  readonly whenReady: ByteInput['whenReady'];
  readonly #input: ByteInput;
  readonly #form: UnitForm;
  readonly #begin: () => CarriageReturns;
  #returns: CarriageReturns;

  /** @param returns - Converter of the bytes that were read so far. */
  constructor(
    input: ByteInput,
    form: UnitForm,
    begin: () => CarriageReturns,
    returns: CarriageReturns = begin(),
  ) {
    this.#input = input;
    this.#form = form;
    this.#begin = begin;
    this.#returns = returns;
    this.file = input.file;
    this.isLive = input.isLive;
    this.whenReady = input.whenReady;
    const { seek } = input;
    if (seek !== undefined) {
      this.seek = async (offset) => {
        this.#returns = this.#begin();
        await seek(offset);
      };
    }
  }

  get columns(): readonly string[] | undefined {
    return this.#input.columns;
  }

  get remaining(): number | undefined {
    return this.#input.remaining;
  }

  /** Reads whole units, but for a last byte that is none. `target` must begin with a unit. */
  async read(target: Uint8Array): Promise<number> {
    let read = await this.#input.read(target);
    while (read > 0 && read % this.#form.size !== 0 && read < target.length) {
      const more = await this.#input.read(target.subarray(read));
      if (more === 0) break;
      read += more;
    }
    const units = viewUnits(target, read, this.#form);
    this.#returns.convert(units, 0, units.length);
    return read;
  }

  close(): Promise<void> {
    return this.#input.close();
  }
}
