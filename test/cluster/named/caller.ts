import { appendFileSync } from 'node:fs';
import { Cluster } from 'telar/cluster';
import { parallelMap, parallelMapIterable, parallelMapSettled } from 'telar';
import { work } from '../../fixtures/cluster/tasks.ts';

/*
 * A program that makes one call with a name, and writes each outcome to a file when it has all. It is killed, and started
 * again.
 */
const {
  RUN_ID: runId = '',
  RUN_QUEUE: queue = '',
  RUN_ITEMS: items = '0',
  RUN_FORM: form,
  RUN_OUT: out = '',
} = process.env;

const input = Array.from({ length: Number(items) }, (_, at) => at);
// On a busy machine a node takes long to start.
await using cluster = new Cluster({ queue, waitForNodes: 120_000 });
const options = { pool: cluster, runId };
let results: unknown[] = [];
if (form === 'settled') {
  const settled = await parallelMapSettled(input, work, options);
  results = settled.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.status));
} else if (form === 'iterable') {
  for await (const value of parallelMapIterable(input, work, options)) results.push(value);
} else {
  results = await parallelMap(input, work, options);
}
appendFileSync(out, `${JSON.stringify(results)}\n`);
