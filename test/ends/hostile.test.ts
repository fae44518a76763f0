import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMap, pipeline, Pool, run, WorkerError } from 'telar';
import { census } from '../census.ts';
import { globals } from '../fixtures/hostile/globals.ts';
import { leftovers, onlyInProcess } from '../fixtures/hostile/leftovers.ts';
import { runHostile, sleepy, twice } from '../fixtures/hostile/run.ts';
import { sample } from '../harness/long.ts';

census();

/** One in so many of the tasks in `npm test`: each start of a process takes its time, and so does each worker that is held up. */
const pick = (names: readonly string[], oneIn: number): string[] =>
  names.filter((_, at) => sample(at % oneIn === 0, true));

/** Number of pools that exist at once. */
const AT_ONCE = 10;

const ITEMS = [1, 2, 3];

/** The forms of a call of one item. */
const forms = {
  parallelMap: async (task, item, options) => (await parallelMap([item], task, options))[0],
  run: (task, item, options) => run(task, [item], options),
  'Pool#run': (task, item, { pool, timeout }) => pool.run(task, [item], { timeout }),
} satisfies Record<string, CallOne>;

type CallOne = <T, R>(
  task: (item: T) => R,
  item: T,
  options: { readonly pool: Pool; readonly timeout?: number | undefined },
) => Promise<unknown>;
type Form = keyof typeof forms;

/** Whatever became of the hostile task itself, the calls after it have their results. */
async function assertWorks(form: Form, pool: Pool, name: string, timeout: number | undefined): Promise<void> {
  const call: CallOne = forms[form];
  const doubled = ITEMS.map((n) => call(twice, n, { pool, timeout }));
  assert.deepEqual(await Promise.all(doubled), [2, 4, 6], name);
  const slept = ITEMS.map((n) => call(sleepy, n, { pool, timeout }));
  assert.deepEqual(await Promise.all(slept), [3, 6, 9], name);
}

/** A worker loads what closures and URLs need when the first of them comes, whatever was done before. */
async function assertLoads(pool: Pool): Promise<void> {
  const factor = 2;
  assert.deepEqual(await parallelMap(ITEMS, (item) => item * factor, { pool }), [2, 4, 6]);
  assert.deepEqual(
    await parallelMap(ITEMS, (item, _, { signal }) => !signal.aborted && item, { pool }),
    ITEMS,
  );
  const urls = [new URL('https://telar.example/')];
  assert.deepEqual(await parallelMap(urls, ({ hostname }) => hostname, { pool }), ['telar.example']);
}

/** Runs a hostile task, and says what became of it: it may have ended its worker, and nothing else. */
async function runOne(form: Form, table: string, name: string, pool: Pool): Promise<string> {
  const call: CallOne = forms[form];
  try {
    assert.equal(await call(runHostile, { table, name, n: 5 }, { pool }), 5, name);
    return `${name}: fulfilled`;
  } catch (error) {
    assert.ok(error instanceof WorkerError, `${name}: ${String(error)}`);
    return `${name}: ${error.reason}`;
  }
}

/** The names that a form tries: those of `parallelMap` in full where that says so, and fewer by the others. */
const choose = (form: Form, names: readonly string[], oneIn: number): string[] =>
  pick(names, form === 'parallelMap' ? oneIn : 5 * oneIn);

for (const isolate of ['thread', 'process'] as const) {
  describe(`a worker in a ${isolate}`, () => {
    test(`goes on when tasks have replaced ${Object.keys(globals).length} things of the language`, async () => {
      const became: Record<Form, string[]> = { parallelMap: [], run: [], 'Pool#run': [] };
      for (const form of Object.keys(forms) as Form[]) {
        const pool = new Pool({ workers: 1, isolate });
        // Tasks run one after the other, since what one replaced stays so for those after it.
        for (const name of choose(form, Object.keys(globals), isolate === 'thread' ? 3 : 12)) {
          became[form].push(await runOne(form, 'globals', name, pool));
          await assertWorks(form, pool, name, undefined);
        }
        await assertLoads(pool);
        await pool.close();
      }
      assertAlike(became);
    });

    test('loads what pipelines need behind a task that has replaced something', async () => {
      const check = async (name: string): Promise<void> => {
        const pool = new Pool({ workers: 1, isolate });
        await runOne('parallelMap', 'globals', name, pool);
        assert.deepEqual(await pipeline(ITEMS).cpu(twice).toArray({ pool }), [2, 4, 6], name);
        await pool.close();
      };
      await Promise.all(
        ['Array.prototype.map throws', 'Map is gone', 'Reflect.get gives nothing'].map(check),
      );
    });

    test('is replaced where something that was left behind holds it up or ends it', async () => {
      const known = Object.keys(leftovers).filter(
        (name) => isolate === 'process' || !onlyInProcess.has(name),
      );
      const became: Record<Form, string[]> = { parallelMap: [], run: [], 'Pool#run': [] };
      const left = (Object.keys(forms) as Form[]).flatMap((form) =>
        choose(form, known, isolate === 'thread' ? 4 : 9).map((name) => ({ form, name })),
      );
      const check = async (): Promise<void> => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const { form, name } = next;
          const pool = new Pool({ workers: 1, isolate });
          became[form].push(await runOne(form, 'leftovers', name, pool));
          await new Promise((resolve) => setTimeout(resolve, 20));
          await assertWorks(form, pool, name, 1000);
          await pool.close();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, check));
      assertAlike(became);
    });
  });
}

/** A single call has to end as a run of one item does. */
function assertAlike({ parallelMap: right, ...others }: Record<Form, string[]>): void {
  const known = new Set(right);
  for (const [form, became] of Object.entries(others)) {
    assert.deepEqual(
      became.filter((what) => !known.has(what)),
      [],
      form,
    );
  }
}
