import { after, before } from 'node:test';
import * as published from 'telar';
import type { Pool, PoolOptions } from 'telar';
import { echo } from '../fixtures/tasks/computes.ts';

/** Cluster on which the tests of a file run in the place of a pool, as URL of its broker: see `test/cluster/suites`. */
const broker = process.env['TELAR_TEST_CLUSTER'];
const { Cluster } = broker === undefined ? {} : await import('telar/cluster');

/** The part of the library that makes a pool. Tests that look into modules give the modules' own, for classes to match. */
type Library = Pick<typeof published, 'Pool' | 'parallelMap'>;

/** Opens a pool for a file: its threads run before the first test, so that the census counts them in. */
export function usePool(options: PoolOptions = { workers: 2 }, library: Library = published): Pool {
  const pool = openPool(options, library);
  before(() => warm(pool, library));
  after(() => pool.close());
  return pool;
}

function openPool(options: PoolOptions, library: Library): Pool {
  if (Cluster === undefined) return new library.Pool(options);
  // The members of a pool that tests use are those of a cluster as well.
  return new Cluster({ connection: broker, queue: 'suites', build: 'suites' }) as unknown as Pool;
}

async function warm(pool: Pool, { parallelMap }: Library): Promise<void> {
  const positions = Array.from({ length: pool.workers }, (_, position) => position);
  // On a busy machine the first thread may have run all before the second one has started. Those of a cluster are not here.
  do await parallelMap(positions, echo<number>, { pool, chunkSize: 1 });
  while (Cluster === undefined && pool.stats().workers.length < pool.workers);
}
