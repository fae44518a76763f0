import { isUint8Array } from 'node:util/types';
import type { Quoting } from '../../record-rules.ts';
import { type UnitForm, unitFor, type Units } from './text/units.ts';

const { Buffer } = process.getBuiltinModule('node:buffer');

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Finds the end of the last whole record of some units, which begin with a record; 0 when none ends.
 *
 * @param start - Start of the first record: behind a byte order mark at the start of a file, which elsewhere is text.
 */
export type Cut = (units: Units, start: number, end: number) => number;

/**
 * Makes the cut for a kind of records.
 *
 * @param quoting - Characters of CSV with quotes. Other records end with their line.
 */
export function makeCut(quoting: Quoting | undefined, form: UnitForm): Cut {
  const codes: Codes = {
    lineFeed: unitFor(LINE_FEED, form),
    quote: unitFor(quoting?.quote ?? 0, form),
    delimiter: unitFor(quoting?.delimiter ?? 0, form),
  };
  if (quoting === undefined) return (units, _, end) => cutLines(units, end, codes.lineFeed);
  return (units, start, end) => cutByQuotes(units, start, end, codes) ?? cutByUnits(units, start, end, codes);
}

interface Codes {
  readonly lineFeed: number;
  readonly quote: number;
  readonly delimiter: number;
}

function cutLines(units: Units, end: number, lineFeed: number): number {
  return units.subarray(0, end).lastIndexOf(lineFeed) + 1;
}

/** Units to a quote, on average, below which looking at each unit is faster. */
const SPARSE = 64;

/**
 * Finds the cut by going from quote to quote, which are found 32 bytes at a time: some 0.1 ms for a MB with a quoted
 * field now and then. `undefined` where quotes are dense, or the boundary lies before the last of them: going unit by
 * unit takes 1–4 ms there. The search and the cut stand here once each, and run for every block: V8 compiles what is in
 * them at each place, and all anew when a place is reached for the first time.
 */
function cutByQuotes(all: Units, start: number, end: number, codes: Codes): number | undefined {
  const { quote, lineFeed } = codes;
  const units = all.subarray(0, end);
  let isQuoted = false;
  let opened = 0;
  let outside = 0;
  let looks = 0;
  for (let at = -1; (at = findUnit(units, quote, at + 1)) >= 0;) {
    if (isQuoted && !(at + 1 < end && units[at + 1] === quote)) {
      isQuoted = false;
      outside = at + 1;
      continue;
    }
    if (++looks * SPARSE > end) return undefined;
    if (isQuoted) at++;
    else {
      // Elsewhere the quote is text within a field.
      isQuoted = isFieldStart(units, start, at, codes);
      opened = at;
    }
  }
  const boundary = cutLines(units, isQuoted ? opened : end, lineFeed);
  return boundary > outside || (outside === 0 && !isQuoted) ? boundary : undefined;
}

/** Finds a unit from a place on; -1 when there is none. In shared memory V8 would look at each byte by itself. */
function findUnit(units: Units, unit: number, from: number): number {
  return isUint8Array(units) ? Buffer.prototype.indexOf.call(units, unit, from) : units.indexOf(unit, from);
}

function cutByUnits(units: Units, start: number, end: number, codes: Codes): number {
  const { quote, delimiter, lineFeed } = codes;
  let boundary = 0;
  let isQuoted = false;
  let mayOpen = true;
  for (let at = start; at < end; at++) {
    const unit = units[at];
    if (isQuoted) {
      if (unit !== quote) continue;
      if (at + 1 < end && units[at + 1] === quote) at++;
      else isQuoted = false;
    } else if (unit === lineFeed) {
      boundary = at + 1;
      mayOpen = true;
    } else {
      // A quote within a field is text.
      isQuoted = unit === quote && mayOpen;
      mayOpen = unit === delimiter;
    }
  }
  return boundary;
}

function isFieldStart(units: Units, start: number, at: number, { delimiter, lineFeed }: Codes): boolean {
  const before = units[at - 1];
  return at === start || before === delimiter || before === lineFeed;
}

/**
 * Finds the end of the first line, whatever it holds.
 *
 * @param hasReturns - Whether a lone carriage return ends a line as well.
 */
export function findFirstLineEnd(units: Units, from: number, form: UnitForm, hasReturns: boolean): number {
  const lineFeed = unitFor(LINE_FEED, form);
  const carriageReturn = hasReturns ? unitFor(CARRIAGE_RETURN, form) : lineFeed;
  const end = units.subarray(from).findIndex((unit) => unit === lineFeed || unit === carriageReturn);
  return end < 0 ? units.length : from + end + 1;
}
