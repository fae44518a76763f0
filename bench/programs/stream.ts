/**
 * Items from a generator, through `scale`, to a reader. Arguments: the contender, the number of items, whether the
 * reader is slow, turns in a microsecond.
 */
import { parallelMapIterable, Pool } from 'telar';
import { scale, spin } from '../tasks.ts';
import { readPeak } from '../harness/peak.ts';
import { ReadAhead } from './read-ahead.ts';
import { say } from './say.ts';

/** A slow reader works this long on each item, in µs, and waits for 1 ms after so many. */
const READER = 0.3;
const PAUSE_AFTER = 10_000;

const [contender, countText, speed, turnsText] = process.argv.slice(2);
const count = Number(countText);
const turns = Math.round(Number(turnsText) * READER);
const ahead = speed === 'slow' ? new ReadAhead() : undefined;

function* produce(): Generator<number> {
  for (let item = 0; item < count; item++) {
    ahead?.pull();
    yield item;
  }
}

async function* scaleOneByOne(items: Iterable<number>): AsyncGenerator<number> {
  for (const item of items) yield scale(item);
}

const pool = new Pool();
const read = (): AsyncIterable<number> =>
  contender === 'telar' ? parallelMapIterable(produce(), scale, { pool }) : scaleOneByOne(produce());

// The workers start before the clock does: how long that takes is another question.
if (contender === 'telar') for await (const _ of parallelMapIterable([1, 2, 3, 4], scale, { pool }));

const began = performance.now();
let items = 0;
let checksum = 0;
let worked = 0;
for await (const result of read()) {
  items++;
  checksum = (Math.imul(checksum, 31) + result) | 0;
  if (ahead === undefined) continue;
  ahead.take();
  worked ^= spin(turns);
  if (items % PAUSE_AFTER === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
const time = performance.now() - began;
const peak = readPeak();
await pool.close();
say({ time, items, checksum, worked, peak, ahead: ahead?.largest ?? 0 });
