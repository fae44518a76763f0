import { before, describe } from 'node:test';
import { initEngine } from '../../src/cluster/engine.ts';
import { initSchema } from '../../src/cluster/store/postgres/schema.ts';
import { usePostgres } from '../servers/postgres.ts';
import { useRedis } from '../servers/redis.ts';

/** A broker that tests run on. */
export interface TestBroker {
  readonly name: 'Redis' | 'PostgreSQL';
  readonly url: string;
}

/** Describes what holds on both brokers, each of which is started for the file. */
export function describeOnBrokers(name: string, body: (broker: TestBroker) => void): void {
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
  describe('On PostgreSQL', () => {
    const server = usePostgres();
    before(async () => {
      await initSchema(server.url);
      await initEngine(server.url);
    });
    const broker: TestBroker = {
      name: 'PostgreSQL',
      get url() {
        return server.url;
      },
    };
    describe(name, () => body(broker));
  });
}
