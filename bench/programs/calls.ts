/**
 * Many calls at once on one pool, behind a long one that was there first. Arguments: the number of calls, items of
 * the long call, turns of 0.2 ms.
 */
import { subscribe } from 'node:diagnostics_channel';
import { parallelMap, Pool } from 'telar';
import { runLong, scale } from '../tasks.ts';
import { say } from './say.ts';

const [countText, longText, turnsText] = process.argv.slice(2);
const count = Number(countText);

let workers = 0;
let warnings = 0;
subscribe('worker_threads', () => workers++);
process.on('warning', () => warnings++);

const pool = new Pool({ workers: 2 });
const began = performance.now();
let isLongDone = false;
let before = 0;
let answered = 0;
const controller = new AbortController();
const long = parallelMap(
  Array.from({ length: Number(longText) }, () => Number(turnsText)),
  runLong,
  { pool, signal: controller.signal },
).then(() => {
  isLongDone = true;
});
// One signal for all: a listener too many would warn.
const calls = Array.from({ length: count }, async (_, at) => {
  const [result] = await parallelMap([at], scale, { pool, signal: controller.signal });
  if (result !== scale(at)) return;
  answered++;
  if (!isLongDone) before++;
});
await Promise.all(calls);
const time = performance.now() - began;
await long;
const longTime = performance.now() - began;
await pool.close();
say({ answered, before, workers, warnings, time, longTime });
