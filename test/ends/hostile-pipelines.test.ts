import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMap, pipeline, Pool, WorkerError } from 'telar';
import { csv, ndjson } from 'telar/files';
import { census } from '../census.ts';
import { globals } from '../fixtures/hostile/globals.ts';
import { type HostileItem, runHostile } from '../fixtures/hostile/run.ts';
import {
  addLater,
  both,
  doubleId,
  isDear,
  isOdd,
  nameOf,
  pair,
  total,
  triple,
} from '../fixtures/hostile/stages.ts';
import { sample } from '../harness/long.ts';

census();

/** Number of pools that exist at once. */
const AT_ONCE = 4;

const NUMBERS = [1, 2, 3, 4, 5, 6, 7];
const TABLE = 'id,price\na,5\n"b, c",20\nd,30\n';
const LINES = '{"id":1}\n{"id":2}\n\n{"id":"\\u00e9"}\n';

const count = { init: () => 0, step: (sum: number) => sum + 1, merge: (a: number, b: number) => a + b };

/** Pipelines of each kind that runs in workers, and what they give. */
const pipelines: Readonly<Record<string, readonly [(pool: Pool) => Promise<unknown>, unknown]>> = {
  stages: [
    (pool) => pipeline(NUMBERS).cpu(triple).filter(isOdd).cpu(addLater).cpu(both).toArray({ pool }),
    [4, -4, 10, -10, 16, -16, 22, -22],
  ],
  distinct: [(pool) => pipeline(NUMBERS).cpu(triple).flatMap(pair).distinct(nameOf).toArray({ pool }), [3]],
  groupBy: [
    (pool) => pipeline(NUMBERS).cpu(addLater).groupBy(nameOf, count).toArray({ pool }),
    [
      ['other', 5],
      ['three', 2],
    ],
  ],
  topK: [(pool) => pipeline(NUMBERS).cpu(both).topK(2, triple, { pool }), [7, 6]],
  csv: [
    (pool) =>
      pipeline(csv(Buffer.from(TABLE)))
        .filter(isDear)
        .cpu(total)
        .toArray({ pool }),
    [
      { id: 'b, c', total: 40 },
      { id: 'd', total: 60 },
    ],
  ],
  ndjson: [
    (pool) =>
      pipeline(ndjson<{ id: number }>(Buffer.from(LINES)))
        .cpu(doubleId)
        .toArray({ pool }),
    [{ id: 2 }, { id: 4 }, { id: NaN }],
  ],
};

/** Pipelines with a stage that replaces something itself, and what they give. */
const hostilePipelines: Readonly<
  Record<string, readonly [(name: string, pool: Pool) => Promise<unknown>, unknown]>
> = {
  items: [
    (name, pool) => pipeline(makeItems(name)).cpu(suffer).cpu(triple).cpu(both).toArray({ pool }),
    [3, -3, 6, -6, 9, -9],
  ],
  ndjson: [
    (name, pool) => {
      const lines = makeItems(name).map((item) => JSON.stringify(item));
      const items = ndjson<HostileItem>(Buffer.from(lines.join('\n')));
      return pipeline(items).cpu(suffer).flatMap(pair).groupBy(nameOf, count).toArray({ pool });
    },
    [
      ['other', 4],
      ['three', 2],
    ],
  ],
};

const suffer = runHostile as (item: HostileItem) => number;

function makeItems(name: string): HostileItem[] {
  return [1, 2, 3].map((n) => ({ table: 'globals', name, n }));
}

/** Whatever a hostile task does, it may end its worker, and nothing else. */
async function assertGives(run: Promise<unknown>, expected: unknown, name: string): Promise<void> {
  try {
    assert.deepEqual(await run, expected, name);
  } catch (error) {
    assert.ok(error instanceof WorkerError, `${name}: ${String(error)}`);
  }
}

for (const isolate of ['thread', 'process'] as const) {
  describe(`pipelines on a worker in a ${isolate}`, () => {
    const all = Object.keys(globals);
    const pick = (oneIn: number, oneInLong: number): string[] =>
      all.filter((_, at) => at % sample(oneIn, oneInLong) === 0);

    test('give what they should when tasks have replaced things of the language', async () => {
      await using pool = new Pool({ workers: 1, isolate });
      // Tasks run one after the other, since what one replaced stays so for those after it.
      for (const name of pick(isolate === 'thread' ? 80 : 240, 1)) {
        const items = [{ table: 'globals', name, n: 5 }];
        await assertGives(parallelMap(items, runHostile, { pool }), [5], name);
        for (const [kind, [run, expected]] of Object.entries(pipelines))
          assert.deepEqual(await run(pool), expected, `${kind}: ${name}`);
      }
    });

    test('give what they should when one of their stages replaces something', async () => {
      const check = async (name: string): Promise<void> => {
        for (const [kind, [run, expected]] of Object.entries(hostilePipelines)) {
          await using pool = new Pool({ workers: 1, isolate });
          await assertGives(run(name, pool), expected, `${kind}: ${name}`);
          assert.deepEqual(await pipeline(NUMBERS).cpu(triple).topK(1, triple, { pool }), [21], name);
        }
      };
      const left = isolate === 'thread' ? pick(120, 1) : pick(240, 7);
      const work = async (): Promise<void> => {
        for (let name = left.shift(); name !== undefined; name = left.shift()) await check(name);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    });
  });
}
