import { after, before } from 'node:test';
import { parallelMap, Pool, type PoolOptions } from '../../src/index.ts';
import { echo } from '../fixtures/tasks/computes.ts';

/** Cluster on which the tests of a file run in the place of a pool, as URL of its broker: see `test/cluster/suites`. */
const broker = process.env['TELAR_TEST_CLUSTER'];
const { Cluster } = broker === undefined ? {} : await import('../../src/entries/cluster.ts');

/** Opens a pool for a file: its threads run before the first test, so that the census counts them in. */
export function usePool(options: PoolOptions = { workers: 2 }): Pool {
  const pool = openPool(options);
  before(() => warm(pool));
  after(() => pool.close());
  return pool;
}

function openPool(options: PoolOptions): Pool {
  if (Cluster === undefined) return new Pool(options);
  // The members of a pool that tests use are those of a cluster as well.
  return new Cluster({ connection: broker, queue: 'suites', build: 'suites' }) as unknown as Pool;
}

async function warm(pool: Pool): Promise<void> {
  const positions = Array.from({ length: pool.workers }, (_, position) => position);
  await parallelMap(positions, echo<number>, { pool, chunkSize: 1 });
}
