import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { Cluster } from 'telar/cluster';
import { csv, ndjson, toCsv, toNdjson } from 'telar/files';
import { parallelMapInto, parallelReduce, parallelSort } from 'telar/memory';
import { CaptureError, type DeadLetter, pipeline, Pool, type WorkerPool } from 'telar';
import * as stages from '../fixtures/cluster/stages.ts';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { sample } from '../harness/long.ts';
import { describeOnABroker } from './brokers.ts';
import { startNode, type TestNode } from './harness.ts';

const QUEUE = 'pipelines';
const STAGES = fileURLToPath(new URL('../fixtures/cluster/stages.js', import.meta.url));

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
const rows = range(sample(700, 2000)).map((id) => ({ id, text: `row ${id} ${'x'.repeat(id % 90)}` }));

describeOnABroker('Pipelines on a cluster', (broker) => {
  let node: TestNode;
  let cluster: Cluster;
  let pool: Pool;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'telar-cluster-'));
    node = await startNode({ url: broker.url, queue: QUEUE, args: ['--tasks', STAGES] });
    cluster = new Cluster({ connection: broker.url, queue: QUEUE });
    pool = new Pool({ workers: 2 });
    await writeFile(join(folder, 'in.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
  after(async () => {
    await cluster.close();
    await pool.close();
    assert.equal(await node.end(), 0, node.said);
    await rm(folder, { recursive: true, force: true });
  });

  /** Expects the same from the cluster as from a pool here. */
  async function both<R>(run: (on: WorkerPool, name: string) => Promise<R>): Promise<R> {
    const there = await run(cluster, 'cluster');
    assert.deepEqual(there, await run(pool, 'pool'));
    return there;
  }

  const path = (name: string): string => join(folder, name);

  test('blocks travel from file to file, by stages of two modules, with results in order', async () => {
    const summaries = await both(async (on, name) => {
      const { items, failed, skipped } = await pipeline(ndjson<stages.Row>(path('in.ndjson')))
        .cpu(stages.toUpper, { retries: { retries: 1, delay: stages.soon, when: stages.always } })
        .filter(stages.isKept)
        .flatMap(stages.twice)
        .to(toNdjson(path(`${name}.ndjson`)), { pool: on });
      return { items, failed, skipped, text: await readFile(path(`${name}.ndjson`), 'utf8') };
    });
    assert.equal(summaries.items, rows.length);
    assert.equal(summaries.text.split('\n').length, 2 * rows.filter(stages.isKept).length + 1);
    await both(async (on, name) => {
      await pipeline(ndjson<stages.Row>(path('in.ndjson'))).to(toCsv(path(`${name}.csv`)), { pool: on });
      const back = pipeline(csv(path(`${name}.csv`))).cpu(tasks.echo);
      return await back.toArray({ pool: on });
    });
  });

  // On PostgreSQL each of these runs takes a second to begin.
  const skip = broker.name === 'PostgreSQL' && sample(true, false);
  test('values, folds, and stages of the event loop between', { skip }, async () => {
    await both(async (on) => await pipeline(range(500)).cpu(tasks.answer).toArray({ pool: on }));
    await both(
      async (on) =>
        await pipeline(rows)
          .cpu(stages.toUpper)
          .io(async (row) => await Promise.resolve({ ...row, seen: true }))
          .batch({ size: 100 })
          .cpu(tasks.echo)
          .toArray({ pool: on }),
    );
    const source = (): ReturnType<typeof ndjson<stages.Row>> => ndjson<stages.Row>(path('in.ndjson'));
    const plus = (a: number, b: number): number => a + b;
    await both(
      async (on) =>
        await pipeline(source())
          .groupBy(stages.keyOf, { init: stages.zero, step: stages.add, merge: plus })
          .toArray({ pool: on }),
    );
    const fold = { init: stages.zero, step: stages.add, merge: plus };
    await both(async (on) => await pipeline(source()).filter(stages.isKept).reduce(fold, { pool: on }));
    await both(async (on) => await pipeline(source()).filter(stages.isKept).count({ pool: on }));
    await both(async (on) => await pipeline(source()).topK(7, stages.idOf, { pool: on }));
    await both(
      async (on) => await pipeline(source()).cpu(stages.keyOf).distinct(tasks.answer).toArray({ pool: on }),
    );
  });

  test('the first row of csv decides the columns, also where its chunk is cut at the node', async () => {
    await both(async (on, name) => {
      const lost: unknown[] = [];
      await pipeline(range(6))
        .cpu(stages.slowRow, { chunkSize: 6 })
        .onError(({ item }) => void lost.push(item))
        .to(toCsv(path(`${name}-slow.csv`)), { pool: on });
      assert.equal(await readFile(path(`${name}-slow.csv`), 'utf8'), 'id\n0\n1\n');
      assert.deepEqual(lost, [2, 3, 4, 5]);
    });
  });

  test('failures of a stage name the record, and those that end a worker fail alone', { skip }, async () => {
    const letters = await both(async (on) => {
      const found: string[] = [];
      const note = ({ stage, error }: DeadLetter): void => {
        found.push(
          `${stage}: ${error.name} ${String(error.cause)} at line ${(error as { line?: number }).line}`,
        );
      };
      await pipeline(ndjson<stages.Row>(path('in.ndjson')))
        .cpu(stages.failsAtSeven)
        .onError(note)
        .to(toNdjson(path('failures.ndjson')), { pool: on });
      return found;
    });
    assert.equal(letters.length, rows.filter(({ id }) => id % 70 === 7).length);
    await assert.rejects(
      pipeline(rows).cpu(stages.failsAtSeven).toArray({ pool: cluster }),
      /Item 7 \(in failsAtSeven\) failed: RangeError: row 7/,
    );
    const exits = await both(async (on) => {
      const found: string[] = [];
      const note = ({ error }: DeadLetter): void => void found.push(error.message);
      await pipeline(ndjson<stages.Row>(path('in.ndjson')))
        .cpu(stages.exitsAtNine)
        .onError(note)
        .to(toNdjson(path('exits.ndjson')), { pool: on });
      return { found, text: await readFile(path('exits.ndjson'), 'utf8') };
    });
    assert.equal(exits.found.length, 1);
    assert.equal(exits.text.split('\n').length, rows.length);
  });

  test('a run with a journal goes on where it was aborted', async () => {
    const run = async (signal?: AbortSignal): Promise<void> =>
      void (await pipeline(ndjson<stages.Row>(path('in.ndjson')))
        .cpu(stages.toUpper)
        .to(toNdjson(path('resumed.ndjson')), { pool: cluster, journal: path('run.journal'), signal }));
    const controller = new AbortController();
    const first = run(controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(first, /enough/);
    await run();
    const text = rows.map((row) => `${JSON.stringify(stages.toUpper(row))}\n`).join('');
    assert.equal(await readFile(path('resumed.ndjson'), 'utf8'), text);
  });

  test('reading leaves early, and a closed cluster ends the run', { skip }, async () => {
    const seen: number[] = [];
    for await (const { id } of pipeline(ndjson<stages.Row>(path('in.ndjson')))
      .cpu(stages.toUpper)
      .iterate({ pool: cluster })) {
      if (seen.push(id) === 10) break;
    }
    assert.deepEqual(seen, range(10));
    const other = new Cluster({ connection: broker.url, queue: QUEUE });
    const run = pipeline([60_000, 60_000]).cpu(tasks.nap).toArray({ pool: other });
    const rejected = assert.rejects(run, { reason: 'closed' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.close({ force: true });
    await rejected;
  });

  test('what cannot cross is refused at the call, with its reason', async () => {
    const factor = 3;
    for (const run of [
      pipeline([1]).cpu((item) => item * factor),
      pipeline([1])
        .cpu(tasks.answer)
        .filter((item) => item > factor),
      pipeline([1]).cpu(tasks.answer, { retries: { retries: 1, delay: () => factor } }),
      pipeline([1]).distinct((item) => item),
    ]) {
      await assert.rejects(run.toArray({ pool: cluster }), (error: unknown) => {
        assert.ok(error instanceof CaptureError);
        assert.match(error.message, /is no export of a module, and nodes of a cluster run only/);
        assert.match(error.stack ?? '', /pipelines\.test/);
        return true;
      });
    }
    const array = new Float64Array(10);
    const refused = {
      name: 'TypeError',
      message: /works in memory that its workers share.*`pool` is a Cluster/,
    };
    await assert.rejects(
      parallelMapInto(array, array, (x) => x, { pool: cluster }),
      refused,
    );
    await assert.rejects(parallelSort(array, { pool: cluster }), refused);
    const reduction = {
      init: () => 0,
      step: (a: number, b: number) => a + b,
      merge: (a: number, b: number) => a + b,
    };
    await assert.rejects(parallelReduce(array, reduction, { pool: cluster }), refused);
  });
});
