import assert from 'node:assert/strict';
import pg from 'pg';
import type { Broker } from '../../../../src/cluster/store/broker.ts';
import { openPostgres } from '../../../../src/cluster/store/postgres/broker.ts';
import { initSchema } from '../../../../src/cluster/store/postgres/schema.ts';
import type { Lease } from '../../../../src/cluster/store/store.ts';
import type { TestDatabase } from '../../../servers/postgres.ts';
import { KEEP } from '../contract/bench.ts';

let count = 0;

/** Makes a database of its own, without tables, and returns its URL. */
export async function createDatabase(server: TestDatabase): Promise<string> {
  const name = `telar_test_${process.pid}_${count++}`;
  await ask(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** Makes a database of its own, with tables, and returns its URL. */
export async function createStore(server: TestDatabase): Promise<string> {
  const url = await createDatabase(server);
  await initSchema(url);
  return url;
}

/** Says what a database is like for all who come. */
export async function configure(url: string, setting: string): Promise<void> {
  await ask(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET ${setting}`);
}

export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

export async function withBroker(url: string, work: (broker: Broker) => Promise<void>): Promise<void> {
  const broker = await openPostgres(url, 'q');
  try {
    await work(broker);
  } finally {
    await broker.close();
  }
}

export async function openRun(
  { runs }: Broker,
  run: string,
  keep: number = KEEP,
): Promise<Lease & { next: number }> {
  const opened = await runs.open(run, { caller: 'a', head: 'head', keep });
  assert.equal(opened.kind, 'opened');
  return { epoch: opened.epoch, next: opened.next, caller: 'a', keep };
}
