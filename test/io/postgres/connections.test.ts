import assert from 'node:assert/strict';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pipeline } from '../../../src/index.ts';
import { type Connection, copyInto, copyOut, insertInto, query } from '../../../src/postgres.ts';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { sample } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { usePostgres } from '../../servers/postgres.ts';

census();
const pool = usePool();
const database = usePostgres();
let folder = '';
let names = 0;
before(async () => {
  folder = await makeFolder('postgres-connections');
});
after(() => removeFolder(folder));

/** A way to the server that is cut behind the n-th byte from it. */
async function openCut(bytes: number): Promise<{ url: string; close: () => Promise<void> }> {
  const to = new URL(database.url);
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect({ port: Number(to.port), host: to.hostname });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    let left = bytes;
    client.pipe(upstream);
    upstream.on('data', (data: Buffer) => {
      client.write(data.subarray(0, left));
      left -= data.length;
      if (left <= 0) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database.url);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function makeTable(): Promise<string> {
  const name = `lost_${names++}`;
  await database.query(`CREATE TABLE ${name} (n int, t text)`);
  return name;
}

const rows = (count: number): { n: number; t: string }[] =>
  Array.from({ length: count }, (_, n) => ({ n, t: 'x'.repeat(100) }));

async function readAll(connection: Connection): Promise<number> {
  let count = 0;
  for await (const _ of query(connection, `SELECT g, repeat('x', 100) FROM generate_series(1, 500) AS g`, {
    rows: 50,
  }))
    count++;
  return count;
}

async function endConnections(like: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const ended = await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE '${like}' AND pid <> pg_backend_pid()`,
    );
    if (ended.length > 0) return;
    await sleep(10);
  }
}

describe('a connection that is cut', () => {
  it('behind any byte rejects the call, and leaves the table as it was', async () => {
    const table = await makeTable();
    const writes: Record<string, (connection: Connection) => Promise<unknown>> = {
      copyInto: (connection) => pipeline(rows(2000)).to(copyInto(connection, table), { pool }),
      insertInto: (connection) => pipeline(rows(50)).to(insertInto(connection, table), { pool }),
      query: (connection) => readAll(connection),
      copyOut: (connection) =>
        pipeline(copyOut(connection, `SELECT g, repeat('x', 100) FROM generate_series(1, 5000) AS g`)).count({
          pool,
        }),
    };
    for (const [name, run] of Object.entries(writes)) {
      const most = sample(2 ** 11, 2 ** 19);
      for (let bytes = 1; bytes <= most; bytes *= 2) {
        const cut = await openCut(bytes);
        try {
          // Far enough behind, all is done before the cut, which then changes nothing.
          const ended = await run(cut.url).then(
            () => 'done',
            () => 'rejected',
          );
          const [held] = await database.query(`SELECT count(*)::int AS n FROM ${table}`);
          if (name.endsWith('Into')) {
            assert.equal(
              held?.['n'],
              ended === 'done' ? (name === 'copyInto' ? 2000 : 50) : 0,
              `${name} ${bytes}`,
            );
          }
          await database.query(`TRUNCATE ${table}`);
        } finally {
          await cut.close();
        }
      }
    }
  });

  it('by the server rejects a call that has a client of a pool or of its own, and the pool goes on', async () => {
    const own = new pg.Pool({ connectionString: database.url, max: 1 });
    own.on('error', () => {});
    const client = new pg.Client(database.url);
    await client.connect();
    client.on('error', () => {});
    try {
      for (const connection of [own, database.url, client]) {
        let count = 0;
        const reading = (async () => {
          const lost = query(connection, 'SELECT * FROM generate_series(1, 10000) AS lost_rows', {
            rows: 10,
          });
          for await (const _ of lost) if (++count === 25) await endConnections('%lost_rows%');
        })();
        await assert.rejects(reading);
      }
      assert.equal(await readAll(own), 500);
    } finally {
      await own.end();
      await client.end().catch(() => {});
    }
  });
});

describe('a server that lets a run wait', () => {
  async function lock(table: string): Promise<() => Promise<void>> {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return () => client.end();
  }

  it('is told to end when the signal fires, also with a pool of one client', async () => {
    const own = new pg.Pool({ connectionString: database.url, max: 1 });
    for (const connection of [database.url, own]) {
      for (const journal of [undefined, join(folder, `${names++}.journal`)]) {
        for (const makeSink of [copyInto, insertInto]) {
          const table = await makeTable();
          const unlock = await lock(table);
          const path = journal === undefined ? undefined : `${journal}-${names++}`;
          const signal = AbortSignal.timeout(300);
          const run = pipeline(rows(5000)).to(makeSink(connection, table), { pool, signal, journal: path });
          await assert.rejects(run, { name: 'TimeoutError' });
          await unlock();
        }
      }
    }
    const started = query(own, 'SELECT pg_sleep(60)', { signal: AbortSignal.timeout(300) });
    await assert.rejects(
      async () => {
        for await (const _ of started) assert.fail('It gave a row.');
      },
      { name: 'TimeoutError' },
    );
    // Its one client is free again.
    assert.equal(await readAll(own), 500);
    await own.end();
  });

  it('does not keep a run whose source has failed', async () => {
    const table = await makeTable();
    const unlock = await lock(table);
    async function* failing(): AsyncGenerator<object> {
      yield* rows(500);
      await sleep(100);
      throw new RangeError('broken');
    }
    await assert.rejects(pipeline(failing()).to(copyInto(database.url, table), { pool }), /broken/);
    await unlock();
    assert.deepEqual(await database.query(`SELECT * FROM ${table}`), []);
  });
});
