import { createRandom } from '../../harness/random.ts';
import { makeInputFile } from './input-file.ts';

const SEED = 20;
const CITIES = 500;
const PEOPLE = 300_000;
const COUNTRIES = ['ES', 'DE', 'FR', 'IT', 'PT', 'US', 'UK', 'JP'];

/** A table in CSV of which folds read one or two fields of seven: ASCII, no quotes, rows of about 62 bytes. */
export function makeSales(bytes: number): Promise<string> {
  return makeInputFile({ name: 'sales.csv', version: 1, bytes, seed: SEED, lines: writeRows });
}

function* writeRows(seed: number): Generator<string> {
  const random = createRandom(seed);
  const upTo = (count: number): number => Math.floor(random() * count);
  yield 'id,city,country,amount,qty,date,email\n';
  for (let id = 0; ; id++) {
    const country = COUNTRIES[upTo(COUNTRIES.length)];
    const date = `2026-${String(1 + upTo(12)).padStart(2, '0')}-${String(1 + upTo(28)).padStart(2, '0')}`;
    yield `${id},city-${upTo(CITIES)},${country},${(upTo(100_000) / 100).toFixed(2)},${1 + upTo(9)},${date},user${upTo(PEOPLE)}@example.com\n`;
  }
}
