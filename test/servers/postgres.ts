import { after, before } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../examples/servers/postgres.ts';

/** A server for a test file, and a client to look into it with. */
export interface TestDatabase {
  readonly url: string;
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Starts a PostgreSQL server before the first test of a file, and stops it after the last. */
export function usePostgres(): TestDatabase {
  let stop: () => Promise<void> = async () => {};
  let client: pg.Client;
  let url = '';
  before(async () => {
    const server = await startPostgres();
    ({ url } = server);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    stop = async () => {
      await client.end();
      await server.stop();
    };
  });
  after(() => stop());
  return {
    get url() {
      return url;
    },
    query: async (sql) => (await client.query(sql)).rows as Record<string, unknown>[],
  };
}
