/** Folds of a part of a file, as an expert writes them for this very table: of each block's text only what is needed. */
import { openSync, readSync } from 'node:fs';
import { type Question, TOP } from './result.ts';

/** A part of a file: all lines that begin in it, without the header. */
export interface Range {
  readonly question: Question;
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

export type Sums = Map<string, number>;

const BLOCK = 1 << 20;
const LONGEST_LINE = 1 << 16;
const LINE_FEED = 10;

/** Text of whole lines. */
type Slices = Buffer & { latin1Slice(from: number, to: number): string };

/** Reads the texts of the whole lines of a range, block by block. */
export function* readTexts({ file, from, to }: Omit<Range, 'question'>): Generator<string> {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.allocUnsafe(BLOCK) as Slices;
  readSync(descriptor, buffer, 0, LONGEST_LINE, Math.max(0, from - 1));
  let at = Math.max(0, from - 1) + buffer.indexOf(LINE_FEED) + 1;
  while (at < to) {
    const read = readSync(descriptor, buffer, 0, BLOCK, at);
    if (read === 0) return;
    let end = buffer.lastIndexOf(LINE_FEED, read - 1) + 1;
    if (end === 0) end = read;
    if (at + end > to) end = buffer.indexOf(LINE_FEED, to - 1 - at) + 1 || end;
    yield buffer.latin1Slice(0, end);
    at += end;
  }
}

export function sumCities(range: Range): Sums {
  const sums: Sums = new Map();
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length; at = text.indexOf('\n', at) + 1 || text.length) {
      const city = text.indexOf(',', at) + 1;
      const country = text.indexOf(',', city);
      const amount = text.indexOf(',', country + 1) + 1;
      addTo(sums, text.slice(city, country), Number(text.slice(amount, text.indexOf(',', amount))));
    }
  }
  return sums;
}

export function sumPeople(range: Range): Sums {
  const sums: Sums = new Map();
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length;) {
      const end = findEnd(text, at);
      const amount = findAmount(text, at);
      const email = text.lastIndexOf(',', end) + 1;
      addTo(sums, text.slice(email, end), Number(text.slice(amount, text.indexOf(',', amount))));
      at = end + 1;
    }
  }
  return sums;
}

export function findTop(range: Range): number[] {
  let top: number[] = [];
  let least = -Infinity;
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length; at = findEnd(text, at) + 1) {
      const amount = findAmount(text, at);
      const value = Number(text.slice(amount, text.indexOf(',', amount)));
      if (value <= least) continue;
      top.push(value);
      if (top.length < 10 * TOP) continue;
      top = cutTop(top);
      least = top[TOP - 1] as number;
    }
  }
  return cutTop(top);
}

export function findPeople(range: Range): Set<string> {
  const seen = new Set<string>();
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length;) {
      const end = findEnd(text, at);
      seen.add(text.slice(text.lastIndexOf(',', end) + 1, end));
      at = end + 1;
    }
  }
  return seen;
}

export function cutTop(amounts: readonly number[]): number[] {
  return amounts.toSorted((left, right) => right - left).slice(0, TOP);
}

export function addTo(sums: Sums, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function findEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function findAmount(text: string, line: number): number {
  const country = text.indexOf(',', text.indexOf(',', line) + 1);
  return text.indexOf(',', country + 1) + 1;
}
