import { createRandom } from '../../harness/random.ts';
import { makeInputFile } from './input-file.ts';
import { countries, foreignNames, foreignNotes, names, notes, pick, products } from './words.ts';

const SEED = 13;
const BEGIN = Date.UTC(2026, 0, 1);
/** One row in so many has text beyond ASCII, a quoted field, a quoted field of two lines. */
const FOREIGN = 10;
const QUOTED = 20;
const TWO_LINES = 500;

export const TABLE_COLUMNS = [
  'id',
  'time',
  'customer',
  'country',
  'product',
  'quantity',
  'price',
  'status',
  'note',
] as const;

/** A table in CSV: rows of about 120 bytes, some with quoted fields, a few of these with a line break inside. */
export function makeTable(bytes: number): Promise<string> {
  return makeInputFile({ name: 'table.csv', version: 1, bytes, seed: SEED, lines: writeRows });
}

function* writeRows(seed: number): Generator<string> {
  const random = createRandom(seed);
  yield `${TABLE_COLUMNS.join(',')}\n`;
  for (let at = 0; ; at++) {
    const isForeign = random() < 1 / FOREIGN;
    const price = (Math.floor(random() * 100_000) / 100).toFixed(2);
    yield [
      at,
      new Date(BEGIN + at * 1700).toISOString(),
      pick(random, isForeign ? foreignNames : names),
      pick(random, countries),
      pick(random, products),
      1 + Math.floor(random() * 9),
      price,
      pick(random, ['paid', 'paid', 'sent', 'sent', 'cancelled']),
      `${makeNote(random, isForeign)}\n`,
    ].join(',');
  }
}

function makeNote(random: () => number, isForeign: boolean): string {
  const note = pick(random, isForeign ? foreignNotes : notes).replaceAll(',', ';');
  const kind = random();
  if (kind < 1 / TWO_LINES) return `"${note}\nsecond line, with a comma"`;
  return kind < 1 / TWO_LINES + 1 / QUOTED ? `"${note}, said ""the customer"""` : note;
}
