import { after, before } from 'node:test';
import { parallelMap, Pool, type PoolOptions } from '../../src/index.ts';
import { echo } from '../fixtures/tasks/computes.ts';

/** Opens a pool for a file: its threads run before the first test, so that the census counts them in. */
export function usePool(options: PoolOptions = { workers: 2 }): Pool {
  const pool = new Pool(options);
  before(() => warm(pool));
  after(() => pool.close());
  return pool;
}

async function warm(pool: Pool): Promise<void> {
  const positions = Array.from({ length: pool.workers }, (_, position) => position);
  await parallelMap(positions, echo<number>, { pool, chunkSize: 1 });
}
