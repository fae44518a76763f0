import { createRandom } from '../../harness/random.ts';
import type { LogRecord } from '../tasks.ts';
import { makeInputFile } from './input-file.ts';
import { countries, foreignNames, foreignNotes, names, notes, pick, services } from './words.ts';

const SEED = 7;
const BEGIN = Date.UTC(2026, 0, 1);
/** One record in so many has text beyond ASCII, … */
const FOREIGN = 10;
/** … and one in so many has a stack trace in it, of up to 100 KB. */
const LONG = 20_000;

/** A log in NDJSON: records of about 300 bytes, nine of ten in ASCII, a few of them long. */
export function makeLog(bytes: number): Promise<string> {
  return makeInputFile({ name: 'log.ndjson', version: 1, bytes, seed: SEED, lines: writeRecords });
}

function* writeRecords(seed: number): Generator<string> {
  const random = createRandom(seed);
  for (let at = 0; ; at++) yield `${JSON.stringify(makeRecord(at, random))}\n`;
}

function makeRecord(at: number, random: () => number): LogRecord {
  const isForeign = random() < 1 / FOREIGN;
  const trace = random() < 1 / LONG ? `\n    at handle (server.js:10:20)`.repeat(random() * 3000) : '';
  const service = pick(random, services);
  const query = random() < 0.5 ? `?page=${Math.floor(random() * 50)}` : '';
  return {
    time: new Date(BEGIN + at * 17).toISOString(),
    level: pick(random, ['debug', 'info', 'info', 'warn', 'error']),
    service,
    host: `node-${Math.floor(random() * 40)}.internal`,
    request: Math.floor(random() * 2 ** 48).toString(16),
    method: pick(random, ['GET', 'GET', 'POST']),
    path: `/${service}/${Math.floor(random() * 100_000)}${query}`,
    status: pick(random, [200, 200, 200, 201, 304, 404, 500]),
    duration: Math.floor(random() ** 4 * 2000),
    bytes: Math.floor(random() * 50_000),
    user: {
      id: Math.floor(random() * 1e6),
      name: pick(random, isForeign ? foreignNames : names),
      country: pick(random, countries),
    },
    message: pick(random, isForeign ? foreignNotes : notes) + trace,
  };
}
