/** Transforms as an expert writes them for these very questions: of each block's text only what is needed is read. */
import { readFileSync } from 'node:fs';
import { addTo, type Range as FoldRange, readTexts, type Sums } from '../folds/fold-range.ts';
import { checkLetters, COUNTRY, LEAST, type Transform } from './question.ts';

export interface Range extends Omit<FoldRange, 'question'> {
  readonly question: Transform;
  /** File with the segments, for the join. */
  readonly customers: string;
}

/** Lines of what is kept, or sums by segment. */
export function transformRange(range: Range): string | Sums {
  switch (range.question) {
    case 'filter':
      return filterRows(range);
    case 'own':
      return checkRows(range);
    case 'join':
      return sumSegments(range);
  }
}

function filterRows(range: Range): string {
  let kept = '';
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length;) {
      const end = findEnd(text, at);
      const city = text.indexOf(',', at);
      const country = text.indexOf(',', city + 1);
      const amount = text.indexOf(',', country + 1);
      const quantity = text.indexOf(',', amount + 1);
      if (text.slice(country + 1, amount) === COUNTRY && Number(text.slice(amount + 1, quantity)) >= LEAST) {
        kept += `${text.slice(at, country)},${text.slice(amount + 1, quantity)}\n`;
      }
      at = end + 1;
    }
  }
  return kept;
}

function checkRows(range: Range): string {
  let lines = '';
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length;) {
      const end = findEnd(text, at);
      const email = text.lastIndexOf(',', end);
      const date = text.lastIndexOf(',', email - 1);
      const id = text.slice(at, text.indexOf(',', at));
      lines += `${id},${checkLetters(text.slice(email + 1, end), text.slice(date + 1, email))}\n`;
      at = end + 1;
    }
  }
  return lines;
}

function sumSegments(range: Range): Sums {
  const segments = new Map<string, string>();
  for (const line of readFileSync(range.customers, 'latin1').split('\n').slice(1)) {
    const comma = line.indexOf(',');
    if (comma > 0) segments.set(line.slice(0, comma), line.slice(comma + 1));
  }
  const sums: Sums = new Map();
  for (const text of readTexts(range)) {
    for (let at = 0; at < text.length;) {
      const end = findEnd(text, at);
      const country = text.indexOf(',', text.indexOf(',', at) + 1);
      const amount = text.indexOf(',', country + 1);
      const segment = segments.get(text.slice(text.lastIndexOf(',', end) + 1, end));
      if (segment !== undefined)
        addTo(sums, segment, Number(text.slice(amount + 1, text.indexOf(',', amount + 1))));
      at = end + 1;
    }
  }
  return sums;
}

function findEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
