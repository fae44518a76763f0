import { before, describe } from 'node:test';
import { initEngine } from '../../src/cluster/engine/engine.ts';
import { initSchema } from '../../src/cluster/store/postgres/schema.ts';
import { connectRedis } from '../../src/cluster/store/redis/connection.ts';
import { useCluster } from '../servers/cluster.ts';
import { usePostgres } from '../servers/postgres.ts';
import { useRedis } from '../servers/redis.ts';
import { isLong } from '../harness/long.ts';

/** A broker that tests run on. */
export interface TestBroker {
  readonly name: 'Redis' | 'PostgreSQL';
  readonly url: string;
}

/** A broker that tests may do harm to. */
export interface MortalBroker extends TestBroker {
  /** Ends the broker as a power cut would. */
  kill(): Promise<void>;
  /** Starts the broker again, with what its disk kept. */
  start(): Promise<void>;
  /** Deletes all that the broker holds, but for its tables. */
  empty(): Promise<void>;
}

/** Describes what holds on both brokers, each of which is started for the file. */
export function describeOnBrokers(
  name: string,
  body: (broker: TestBroker) => void,
  without: readonly TestBroker['name'][] = [],
): void {
  describe('On Redis', () => {
    const server = useRedis();
    const broker: TestBroker = {
      name: 'Redis',
      get url() {
        return server.url;
      },
    };
    // Hooks of an inner suite end before those of the outer one, which stop the server.
    describe(name, () => body(broker));
  });
  if (without.includes('PostgreSQL')) return;
  describe('On PostgreSQL', () => {
    const server = usePostgres();
    before(async () => await prepare(server.url));
    const broker: TestBroker = {
      name: 'PostgreSQL',
      get url() {
        return server.url;
      },
    };
    describe(name, () => body(broker));
  });
}

/** Describes what holds on both brokers: `npm test` asks one, since the contract of their stores has tests of its own. */
export function describeOnABroker(name: string, body: (broker: TestBroker) => void): void {
  describeOnBrokers(name, body, isLong || process.platform === 'win32' ? [] : ['PostgreSQL']);
}

/** Describes what holds on both brokers, also when they are killed: `npm test` kills one. */
export function describeOnMortalBrokers(name: string, body: (broker: MortalBroker) => void): void {
  describe('On Redis', () => {
    const server = useRedis();
    const broker: MortalBroker = {
      name: 'Redis',
      get url() {
        return server.url;
      },
      kill: () => server.stop('SIGKILL'),
      start: () => server.start(),
      empty: async () => {
        const client = await connectRedis(server.url, 'test');
        await client.flushall();
        client.disconnect();
      },
    };
    describe(name, () => body(broker));
  });
  if (!isLong && process.platform !== 'win32') return;
  describe('On PostgreSQL', () => {
    const server = useCluster();
    before(async () => await prepare(server.url));
    const broker: MortalBroker = {
      name: 'PostgreSQL',
      get url() {
        return server.url;
      },
      kill: () => server.kill(),
      start: () => server.start(),
      empty: async () => {
        const kept = ['telar.state', ...(await listMigrations(server))];
        const rows = await server.query(LIST_TABLES);
        const names = rows.map(({ name }) => String(name)).filter((table) => !kept.includes(table));
        await server.query(`TRUNCATE ${names.join(', ')} CASCADE`);
      },
    };
    describe(name, () => body(broker));
  });
}

const LIST_TABLES = `
  SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;

async function listMigrations(server: ReturnType<typeof useCluster>): Promise<string[]> {
  const rows = await server.query(LIST_TABLES);
  return rows.map(({ name }) => String(name)).filter((name) => /migration/.test(name));
}

/** Makes the tables. */
async function prepare(url: string): Promise<void> {
  await initSchema(url);
  await initEngine(url);
}
