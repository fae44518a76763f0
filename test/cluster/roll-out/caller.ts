/** Calls nodes, which may run on another Node.js: `node caller.js <url> <queue>`. Prints what became of the items. */
import { Cluster } from 'telar/cluster';
import { parallelMapSettled, run } from 'telar';
import { echo, fails } from '../../fixtures/cluster/tasks.ts';

const [connection, queue] = process.argv.slice(2);
await using cluster = new Cluster({ connection, queue });

const values: unknown[] = [
  1,
  'text',
  10n ** 30n,
  new Date(5),
  new Map([[{ a: 1 }, new Set([2])]]),
  Buffer.from('bytes'),
  new Uint16Array([1, 2, 70_000]),
  new RangeError('thrown'),
  { nested: [{ deep: Number.NaN }] },
  ...Array.from({ length: 500 }, (_, n) => ({ n, text: 'x'.repeat(n) })),
];
const { Float16Array: Newer } = globalThis as { Float16Array?: new (values: number[]) => unknown };
const newer = Newer === undefined ? [] : [new Newer([1.5])];

const told = await parallelMapSettled([...values, ...newer], echo, { pool: cluster });
const failed = await parallelMapSettled([1, 7, 8, 14], fails, { pool: cluster, retries: 1 });
const called = await run(echo, [{ of: 'a call' }], { pool: cluster, store: { tenant: 'a' } });
const describe = (outcome: (typeof told)[number]): unknown => {
  if (outcome.status !== 'rejected') return outcome;
  const { name, cause } = outcome.reason;
  return { name, cause: String(cause), attempts: outcome.attempts };
};
// Each value is written as V8 and JSON would not: with its class, so that nothing is lost in between.
const { inspect } = await import('node:util');
const show = (value: unknown): string =>
  inspect(value, { depth: 5, maxStringLength: 20, breakLength: Infinity });
process.stdout.write(
  JSON.stringify({
    told: told.slice(0, values.length).map((outcome) => show(describe(outcome))),
    wanted: values.map((value, index) => show({ status: 'fulfilled', value, index, attempts: 1 })),
    newer: told.slice(values.length).map((outcome) => outcome.status),
    failed: failed.map((outcome) => show(describe(outcome))),
    called: show(called),
  }),
);
