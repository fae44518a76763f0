import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import pg from 'pg';
import { ClusterError, type ClusterProblem } from '../../../../src/cluster/cluster-error.ts';
import { loadPatientClient } from '../../../../src/cluster/engine/patient-client.ts';
import type { OwnClient } from '../../../../src/io/postgres/connection/wire-client.ts';
import { initSchema } from '../../../../src/cluster/store/postgres/schema.ts';
import { census } from '../../../census.ts';
import { usePostgres } from '../../../servers/postgres.ts';
import { chunk, KEEP } from '../contract/bench.ts';
import { ask, configure, createDatabase, createStore, openRun, withBroker } from './databases.ts';

census();
const server = usePostgres();

const says = (reason: ClusterProblem, message: RegExp) => (thrown: unknown) =>
  thrown instanceof ClusterError && thrown.reason === reason && message.test(thrown.message);

test('the tables are made once, by any number that make them at once, and stay what they are', async () => {
  const url = await createDatabase(server);
  await Promise.all(Array.from({ length: 5 }, () => initSchema(url)));
  await withBroker(url, async (broker) => {
    const { next, ...lease } = await openRun(broker, 'r');
    await broker.runs.put('r', lease, [chunk(next)]);
    await initSchema(url);
    await broker.check();
    assert.equal((await broker.runs.begin('r', next))?.starts, 1);
  });
});

test('times that BullMQ sends are those of the server, and other numbers stay', async (context) => {
  const clients = new Set<OwnClient>();
  const Client = await loadPatientClient(1, clients);
  const pool = new pg.Pool({ connectionString: server.url, Client: Client as unknown as typeof pg.Client });
  const real = Date.now;
  context.after(() => (Date.now = real));
  const text = 'SELECT $1::float8 AS a, $2::float8 AS b, $3::text AS c';
  for (const hours of [0, 5, -30]) {
    Date.now = () => real() + hours * 3_600_000;
    const values = [Date.now(), real() - 86_400_000, String(Date.now())];
    for (const query of [pool.query(text, values), pool.query({ text, values })]) {
      // oxlint-disable-next-line no-await-in-loop -- the clock is set for each.
      const [row] = (await query).rows as { a: number; b: number; c: string }[];
      assert.ok(Math.abs((row?.a ?? 0) - real()) < 30_000, `${hours}: ${row?.a}`);
      assert.deepEqual([row?.b, row?.c], values.slice(1));
    }
  }
  await pool.end();
});

test('without tables each step says which command makes them', async () => {
  await withBroker(await createDatabase(server), async (broker) => {
    const { runs, registry } = broker;
    const isTold = says('broker', /npx telar cluster init/);
    await assert.rejects(broker.check(), isTold);
    await assert.rejects(runs.open('r', { caller: 'a', head: 'h', keep: KEEP }), isTold);
    await assert.rejects(runs.begin('r', 1), isTold);
    await assert.rejects(registry.announce('n', '{}'), isTold);
    await assert.rejects(registry.listRuns(), isTold);
  });
});

test('a role needs the rights that the error names, and no more', async () => {
  const url = await createStore(server);
  const role = `telar_test_role_${process.pid}`;
  await ask(url, `CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA telar TO ${role}`);
  try {
    await withBroker(Object.assign(new URL(url), { username: role }).href, async (broker) => {
      await assert.rejects(broker.check(), says('broker', /GRANT USAGE ON SCHEMA telar, and SELECT, INSERT/));
      await assert.rejects(broker.registry.announce('n', '{}'), says('broker', /GRANT/));
      await ask(url, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA telar TO ${role}`);
      await broker.check();
      const { next, ...lease } = await openRun(broker, 'r');
      assert.equal(await broker.runs.put('r', lease, [chunk(next), chunk(next + 1)]), 'held');
      assert.equal(await broker.runs.commit('r', next, Buffer.from('done')), true);
      await openRun(broker, 'r');
      await broker.runs.drop('r', [next]);
      await broker.registry.announce('n', '{}');
      await broker.registry.leave('n');
      await broker.runs.end('r', (await openRun(broker, 'r')).epoch);
      assert.deepEqual(await ask(url, 'SELECT FROM telar.run, telar.chunk'), []);
    });
  } finally {
    await ask(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test('a server that takes no writes, and tables of another version, do not pass the check', async () => {
  const standby = await createStore(server);
  await configure(standby, 'default_transaction_read_only = on');
  await withBroker(standby, async (broker) => {
    await assert.rejects(broker.check(), says('broker', /takes no writes/));
    await assert.rejects(broker.registry.announce('n', '{}'), says('broker', /takes no writes/));
  });
  const newer = await createStore(server);
  await ask(newer, 'UPDATE telar.state SET format = 1000');
  await withBroker(newer, async (broker) => {
    await assert.rejects(broker.check(), says('version', /form 1000.*newer version/));
  });
  await assert.rejects(initSchema(newer), says('version', /form 1000.*newer version/));
});

test('no error shows a password', async () => {
  for (const url of [
    'postgres://user:s3cret@127.0.0.1:1/db',
    'postgres://user:s3cret@host:port/db',
    'postgres://user:s3cret@[/db',
  ]) {
    const thrown = await withBroker(url, (broker) => broker.check()).catch((error: unknown) => error);
    assert.ok(thrown instanceof Error);
    assert.doesNotMatch(inspect(thrown, { depth: 10, showHidden: true }), /s3cret/);
  }
});

test('a step whose connection is lost rejects with the loss, and the next one connects anew', async () => {
  const url = await createStore(server);
  await withBroker(url, async (broker) => {
    const { runs } = broker;
    const { next, ...lease } = await openRun(broker, 'r');
    const numbers = Array.from({ length: 40 }, (_, at) => next + at);
    await runs.put(
      'r',
      lease,
      numbers.map((number) => chunk(number)),
    );
    // All begins wait for rows that somebody has.
    const client = new pg.Client(url);
    await client.connect();
    await client.query('BEGIN; UPDATE telar.chunk SET starts = 0');
    const begun = Promise.allSettled(numbers.map((number) => runs.begin('r', number)));
    // A transaction sees these as they were when it first looked.
    const others = `FROM pg_stat_activity WHERE application_name = 'telar:q' AND wait_event_type = 'Lock'`;
    while ((await server.query(`SELECT ${others}`)).length < 8) await sleep(10);
    await server.query(`SELECT pg_terminate_backend(pid) ${others}`);
    await client.query('ROLLBACK');
    await client.end();
    const lost = (await begun).filter(({ status }) => status === 'rejected');
    assert.equal(lost.length, 8);
    for (const { reason } of lost as PromiseRejectedResult[]) {
      assert.match(`${(reason as { code?: string }).code} ${(reason as Error).message}`, /57P01|terminated/);
    }
    assert.equal((await runs.findOutstanding('r', numbers)).size, 40);
  });
});

test('what waits for the broker rejects when it is closed', async () => {
  const url = await createStore(server);
  const client = new pg.Client(url);
  await client.connect();
  try {
    await withBroker(url, async (broker) => {
      const { next, ...lease } = await openRun(broker, 'r');
      await client.query('BEGIN; UPDATE telar.run SET next = next');
      // There are more steps than connections.
      const waiting = Array.from({ length: 20 }, () => broker.runs.put('r', lease, [chunk(next)]));
      await sleep(20);
      await broker.close();
      for (const put of waiting) await assert.rejects(put);
      await assert.rejects(broker.runs.renew('r', lease), /closed/);
      await assert.rejects(
        broker.news.onCommit('r', () => {}),
        /closed/,
      );
    });
  } finally {
    await client.end();
  }
});

test('news are heard again after the connection for them was lost', async () => {
  const url = await createStore(server);
  await withBroker(url, async (broker) => {
    const { next, ...lease } = await openRun(broker, 'r');
    let heard = 0;
    await broker.news.onCommit('r', () => heard++);
    await broker.news.onCommit('other', () => {});
    const pids = async (): Promise<unknown[]> =>
      await ask(
        url,
        `SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
      );
    assert.equal((await pids()).length, 1);
    await ask(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`);
    while (heard === 0) await sleep(10);
    // The listener is told to look when the connection is back, and then of what happens.
    await withBroker(url, async (other) => {
      for (let n = next; heard < 2; n++) {
        await other.runs.put('r', lease, [chunk(n)]);
        await other.runs.commit('r', n, Buffer.from('done'));
        await sleep(20);
      }
    });
    await broker.news.offCommit('other');
    assert.equal((await pids()).length, 0, 'the last that it said is UNLISTEN');
  });
});

test('a node that says that it is there deletes what is past its time, and nothing else', async () => {
  const url = await createStore(server);
  await withBroker(url, async (broker) => {
    for (const [run, keep] of [
      ['short', 1],
      ['long', KEEP],
    ] as const) {
      const { next, ...lease } = await openRun(broker, run, keep);
      await broker.runs.put(run, { ...lease, keep }, [chunk(next)]);
    }
    await ask(url, `INSERT INTO telar.node VALUES ('q', 'old', '{}', now() - interval '1 hour')`);
    await sleep(10);
    await Promise.all([broker.registry.announce('n', '{}'), broker.registry.announce('m', '{}')]);
    const left = await ask(
      url,
      `SELECT (SELECT string_agg(id, ' ') FROM telar.run) AS runs, (SELECT count(*)::int FROM telar.chunk) AS chunks,
        (SELECT string_agg(id, ' ' ORDER BY id) FROM telar.node) AS nodes`,
    );
    assert.ok(left[0]?.['runs'] === 'long' && left[0]['chunks'] === 1 && left[0]['nodes'] === 'm n');
  });
});

test('a database whose transactions are stricter by default makes no difference', async () => {
  const url = await createStore(server);
  await configure(url, "default_transaction_isolation = 'serializable'");
  await withBroker(url, async (broker) => {
    const { next, ...lease } = await openRun(broker, 'r');
    await broker.runs.put('r', lease, [chunk(next)]);
    const commits = Array.from({ length: 30 }, () => broker.runs.commit('r', next, Buffer.from('done')));
    const writes = Array.from({ length: 10 }, (_, at) => broker.runs.put('r', lease, [chunk(next + 1 + at)]));
    assert.equal((await Promise.all(commits)).filter(Boolean).length, 1);
    assert.deepEqual(new Set(await Promise.all(writes)), new Set(['held']));
  });
});
