import { after, before } from 'node:test';
import { type OwnRedis, startRedis } from '../../examples/servers/redis.ts';

/** A Redis server that a test may kill, and start again on the same data. */
export interface TestRedis {
  readonly url: string;
  /** Ends it; SIGKILL by default. Resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, on the same port and with what it had written. */
  start(): Promise<void>;
}

/** Starts a server before the first test of a file, and stops it after the last. */
export function useRedis(): TestRedis {
  let server: OwnRedis | undefined;
  const given = process.env['TELAR_TEST_REDIS_URL'];
  before(async () => {
    if (given !== undefined && given !== '') return;
    server = await startRedis();
  });
  after(async () => await server?.remove());
  const own = (): OwnRedis => {
    if (server === undefined) throw new Error('The server is not ours, or has not started.');
    return server;
  };
  return {
    get url() {
      return server?.url ?? given ?? '';
    },
    stop: (signal) => own().stop(signal),
    start: () => own().start(),
  };
}
