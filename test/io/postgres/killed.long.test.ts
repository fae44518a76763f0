import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createDeferred } from '../../../src/async/deferred.ts';
import { pipeline } from 'telar';
import { type Connection, copyInto, copyOut, insertInto, query } from 'telar/postgres';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';
import { needsPosix } from '../../harness/posix.ts';
import { useCluster } from '../../servers/cluster.ts';

census();
const pool = usePool();
const cluster = useCluster();
let folder = '';
let names = 0;
before(async () => {
  folder = await makeFolder('postgres-killed');
});
after(() => removeFolder(folder));

/** Calls that go on until they are ended, each with how to hear that it is under way. */
type Call = (connection: Connection, begun: () => void, signal?: AbortSignal) => Promise<unknown>;

/** Rows without an end, slow enough for none to be lost in buffers. */
async function* produce(begun: () => void): AsyncGenerator<{ n: number; t: string }> {
  for (let n = 0; ; n++) {
    if (n === 300) begun();
    if (n % 100 === 0) await sleep(1);
    yield { n, t: 'x'.repeat(100) };
  }
}

const write =
  (makeSink: typeof copyInto, options: { journal?: () => string } = {}): Call =>
  (connection, begun, signal) =>
    pipeline(produce(begun)).to(makeSink(connection, 'endless'), {
      pool,
      signal,
      journal: options.journal?.(),
    });
const makeJournal = (): string => join(folder, `${names++}.journal`);
let changed = createDeferred();
const endless = `SELECT generate_series(1, 1000000000) AS g, repeat('x', 100) AS t`;

const calls: Record<string, Call> = {
  copyInto: write(copyInto),
  insertInto: write(insertInto),
  'copyInto with onRejected': (connection, begun, signal) =>
    pipeline(produce(begun)).to(copyInto(connection, 'endless', { onRejected: () => {} }), { pool, signal }),
  'copyInto with a journal': write(copyInto, { journal: makeJournal }),
  'insertInto with a journal': write(insertInto, { journal: makeJournal }),
  query: async (connection, begun, signal) => {
    for await (const row of query<{ g: number }>(connection, endless, { signal, rows: 100 })) {
      if (row.g === 500) begun();
    }
  },
  copyOut: async (connection, begun, signal) => {
    let isFirst = true;
    const hold = async (): Promise<void> => {
      if (!isFirst) return;
      isFirst = false;
      begun();
      // A run that is not held would take the processor from all others.
      await changed.promise;
    };
    await pipeline(copyOut(connection, endless)).io(hold, { concurrency: 1 }).count({ pool, signal });
  },
};

/** Starts all calls, and does something once each is under way. Gives how each has ended. */
async function callAll(
  connect: () => Connection,
  change: () => Promise<void>,
  signal?: AbortSignal,
): Promise<PromiseSettledResult<unknown>[]> {
  changed = createDeferred();
  const started = Object.values(calls).map((call) => {
    let ended: Promise<unknown> = Promise.resolve();
    const begun = new Promise<void>((resolve) => {
      ended = call(connect(), resolve, signal);
      ended.catch(() => resolve());
    });
    return { begun, ended };
  });
  await Promise.all(started.map(({ begun }) => begun));
  await change();
  changed.resolve();
  return await Promise.allSettled(started.map(({ ended }) => ended));
}

const posix = needsPosix('signals hold a server up, and kill it');

describe('a server that is killed', posix, () => {
  beforeEach(() => cluster.query('DROP TABLE IF EXISTS endless; CREATE TABLE endless (n int, t text)'));

  it('rejects all calls, with connections of their own and of a pool, and the program goes on', async () => {
    for (const connect of [() => cluster.url, () => openPool()]) {
      const ended = await callAll(connect, () => cluster.kill());
      await closePools();
      for (const [at, { status }] of ended.entries())
        assert.equal(status, 'rejected', Object.keys(calls)[at]);
      // So does one that begins while it is gone.
      await assert.rejects(
        calls['copyInto']?.(cluster.url, () => {}) as Promise<unknown>,
        /ECONNREFUSED|refused/,
      );
      await cluster.start();
      const [row] = await cluster.query(
        'SELECT count(DISTINCT n)::int AS differ, count(*)::int AS n FROM endless',
      );
      // Those with a journal have committed some, each its own beginning.
      assert.ok(Number(row?.['n']) <= 2 * Number(row?.['differ']), JSON.stringify(row));
      await cluster.query('TRUNCATE endless');
    }
  });

  it('has each row once when it is back, and the run with a journal goes on', async () => {
    const journal = makeJournal();
    await cluster.query('CREATE TABLE loaded (n int)');
    const total = 20_000;
    let kills = 0;
    for (let isKilled = true; isKilled;) {
      let killing: Promise<void> | undefined;
      const at = kills < 3 ? 3000 + 4000 * kills : Infinity;
      async function* count(): AsyncGenerator<{ n: number }> {
        for (let n = 0; n < total; n++) {
          if (n === at) killing = cluster.kill();
          if (n % 50 === 0) await sleep(1);
          yield { n };
        }
      }
      await pipeline(count())
        .to(copyInto(cluster.url, 'loaded'), { pool, journal })
        .catch(() => {});
      isKilled = killing !== undefined;
      if (!isKilled) break;
      kills++;
      await killing;
      await cluster.start();
    }
    assert.equal(kills, 3);
    const [row] = await cluster.query(
      'SELECT count(DISTINCT n)::int AS differ, count(*)::int AS n FROM loaded',
    );
    assert.deepEqual(row, { differ: total, n: total });
  });
});

describe('a server whose processes are held up', posix, () => {
  beforeEach(() => cluster.query('DROP TABLE IF EXISTS endless; CREATE TABLE endless (n int, t text)'));

  it('lets each call end when its signal fires', async () => {
    for (const connect of [() => cluster.url, () => openPool()]) {
      const controller = new AbortController();
      let goOn = (): void => {};
      const late: Promise<unknown>[] = [];
      const ended = await callAll(
        connect,
        async () => {
          goOn = await cluster.freeze();
          // One more of each begins, of which the server hears nothing.
          for (const call of Object.values(calls)) late.push(call(connect(), () => {}, controller.signal));
          for (const call of late) call.catch(() => {});
          await sleep(100);
          controller.abort(new Error('enough'));
        },
        controller.signal,
      );
      try {
        for (const [at, result] of [...ended, ...(await Promise.allSettled(late))].entries()) {
          const name = Object.keys(calls)[at % ended.length];
          assert.equal(result.status === 'rejected' && (result.reason as Error).message, 'enough', name);
        }
      } finally {
        goOn();
        await closePools();
      }
    }
  });
});

const pools: pg.Pool[] = [];

/** A pool of the caller's, of one client, to whose errors nobody listens. */
function openPool(): pg.Pool {
  const own = new pg.Pool({ connectionString: cluster.url, max: 1 });
  pools.push(own);
  return own;
}

async function closePools(): Promise<void> {
  await Promise.all(pools.splice(0).map((own) => own.end()));
}
