import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toNdjson, type ValueSink } from 'telar/files';
import { type Pipeline, pipeline, type PipelineSummary, type RunOptions, stop } from 'telar';
import { each, runInParts, ticker } from './cut-off.ts';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
let folder: string;
let names = 0;

before(async () => {
  folder = await makeFolder('pipeline-journal');
});

after(() => removeFolder(folder));
const makePath = (end = ''): string => join(folder, `${names++}${end}`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const read = (path: string): Promise<string> => readFile(path, 'utf8');

/** Rows in memory, that outlive a run. */
interface Store {
  rows: unknown[];
  /** Whether a checkpoint fails. */
  refuse: () => boolean;
  /** Fails in the middle of the write that makes it so long. */
  failAt?: number | undefined;
}

function keepIn(store: Store): ValueSink<unknown> {
  const writer = {
    write: async (rows: readonly unknown[]) => {
      for (const row of rows) {
        store.rows.push(row);
        if (store.rows.length === store.failAt) throw new Error('it is full');
      }
    },
    checkpoint: async () => {
      if (store.refuse()) throw new Error('no more checkpoints');
      return { count: store.rows.length };
    },
    end: async () => {},
    abort: async () => {},
  };
  return {
    kind: 'values',
    open: async () => writer,
    resumable: {
      name: 'memory',
      open: async ({ state }) => {
        store.rows.length = (state as { count: number } | undefined)?.count ?? 0;
        return writer;
      },
    },
  };
}

describe('a sink over several runs', () => {
  it('does not go on behind stop', async (test) => {
    // So that a checkpoint is due behind each portion.
    let now = performance.now();
    test.mock.method(performance, 'now', () => (now += 100));
    for (const isOnWorkers of [true, false]) {
      for (const isLast of [true, false]) {
        const limit = (n: number): number | typeof stop => (n === 13 ? stop : n);
        // Cut off behind each checkpoint in turn: also where all was taken, and that it is complete is not noted.
        for (let most = 0, isWhole = false; !isWhole; most++) {
          let checkpoints = 0;
          const store: Store = { rows: [], refuse: () => checkpoints++ >= most };
          const journal = makePath('.journal');
          const run = (): Promise<PipelineSummary> => {
            const stages = pipeline(range(60));
            const limited = isOnWorkers ? stages.cpu(limit as () => number, { chunkSize: 20 }) : stages.io(limit as () => number, { concurrency: 20 });
            return (isLast ? limited : limited.io(async (n) => n)).to(keepIn(store), { pool, journal });
          };
          isWhole = await run().then(() => true, (error: Error) => !error.message.includes('no more checkpoints'));
          store.refuse = () => false;
          await run();
          assert.deepEqual(store.rows, range(13), `${isOnWorkers} ${isLast} ${most}`);
        }
      }
    }
  }); // prettier-ignore

  it('takes back what a sink took in part', async () => {
    const store: Store = { rows: [], refuse: () => false, failAt: 40 };
    const journal = makePath('.journal');
    const run = (): Promise<PipelineSummary> =>
      pipeline(each(range(200)))
        .batch(1)
        .io(async ([n]) => n)
        .to(keepIn(store), { pool, journal });
    for (; store.failAt !== undefined && store.failAt < 160; store.failAt += 40) {
      await assert.rejects(run(), /it is full/);
    }
    store.failAt = undefined;
    const { resumed } = await run();
    assert.ok(resumed > 0);
    assert.deepEqual(store.rows, range(200));
  });

  it('writes each dead letter once, of stages that were ahead too', async () => {
    for (const isOnWorkers of [true, false]) {
      const [out, letters, journal] = [makePath(), makePath(), makePath('.journal')];
      const fail = (n: number): number => {
        if (n % 3 === 0) throw new Error(`no ${n}`);
        return n;
      };
      const run = (options: RunOptions): Promise<PipelineSummary> => {
        const stages = pipeline(each(range(2000))) as Pipeline<number>;
        const failing = isOnWorkers ? stages.cpu(fail, { chunkSize: 25 }) : stages.io(fail);
        return failing
          .onError(toNdjson(letters))
          .batch(10)
          .io(async (batch) => batch, { concurrency: 2 })
          .tap(() => ticker.tick())
          .to(toNdjson(out), options);
      };
      const { cuts } = await runInParts(pool, run, journal, () => 30);
      assert.ok(cuts > 1);
      const found = (await read(letters)).trim().split('\n').map((line) => (JSON.parse(line) as { item: number }).item);
      assert.deepEqual(found, range(2000).filter((n) => n % 3 === 0));
      assert.equal((await read(out)).trim().split('\n').length, Math.ceil((2000 - found.length) / 10));
    }
  }); // prettier-ignore
});
