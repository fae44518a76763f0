import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createCluster, type PostgresCluster, startCluster } from '../../examples/servers/postgres.ts';

/** A PostgreSQL server that a test may kill, and start again on the same data. */
export interface TestCluster {
  readonly url: string;
  /** Asks it over a connection that is closed then. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Kills the postmaster with SIGKILL; its processes end when they notice. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Holds all its processes up, until the function that it gives is called. */
  freeze(): Promise<() => void>;
}

/** Milliseconds in which a killed server is there again, on a machine that has much else to do. */
const STARTING = 60_000;

/** Starts it before the first test of a file, and stops it after the last. */
export function useCluster(): TestCluster {
  let cluster: PostgresCluster;
  let stop: () => Promise<void> = async () => {};
  const start = async (): Promise<void> => {
    for (const until = performance.now() + STARTING; ;) {
      try {
        // Rows that were committed are there again after a kill: that is the default, and `fsync` is of no use against
        // the kill of a process.
        const server = await startCluster(cluster, { removes: false });
        stop = () => server.stop();
        return;
      } catch (thrown) {
        // Processes of the one before hold its memory until they notice that it is gone.
        if (performance.now() > until) throw thrown;
        await sleep(100);
      }
    }
  };
  before(async () => {
    cluster = await createCluster();
    await start();
  });
  after(async () => {
    await stop();
    await rm(cluster.folder, { recursive: true, force: true });
  });
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client(cluster.url);
    await client.connect();
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const readPostmaster = async (): Promise<number> => {
    const pid = Number((await readFile(join(cluster.data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    // The file is empty for a moment while a server starts, and a signal to 0 ends all that `npm test` has started.
    if (!(pid > 1)) throw new Error(`The server has no process yet: its file says ${pid}.`);
    return pid;
  };
  return {
    get url() {
      return cluster.url;
    },
    query,
    kill: async () => {
      process.kill(await readPostmaster(), 'SIGKILL');
      await stop();
    },
    start,
    freeze: async () => {
      const postmaster = await readPostmaster();
      const rows = await query('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
      const pids = [postmaster, ...rows.map(({ pid }) => Number(pid))];
      const send = (signal: NodeJS.Signals): void => {
        for (const pid of pids) {
          try {
            process.kill(pid, signal);
          } catch {
            // The process has ended meanwhile.
          }
        }
      };
      send('SIGSTOP');
      return () => send('SIGCONT');
    },
  };
}
