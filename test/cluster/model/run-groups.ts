import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seedOf } from '../../harness/random.ts';
import { clusterGroup } from './programs.ts';
import { TestCluster } from './test-cluster.ts';

export interface ModelTerms {
  readonly url: string;
  readonly seed: number;
  readonly groups: number;
  readonly nodes: number;
  /** The most kills of a node in each group. */
  readonly kills: number;
}

/** Milliseconds for which a group that went wrong is made smaller. */
const SHRINKING = 120_000;

/**
 * Runs groups of random programs on a cluster, and fails with the smallest group that was found to go wrong. A cluster that
 * something hangs on is left, and the search goes on with another.
 */
export async function runGroups({ url, seed, groups, nodes, kills }: ModelTerms): Promise<void> {
  let cluster = new TestCluster(url, nodes);
  // Tasks leave errors behind on purpose.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  const isRight = async (drawn: Parameters<TestCluster['run']>[0]): Promise<void> => {
    let found: string[];
    try {
      found = await cluster.run(drawn);
    } catch (thrown) {
      await cluster.close();
      cluster = new TestCluster(url, nodes);
      throw thrown;
    }
    assert.deepEqual(found, []);
  };
  try {
    await fc.assert(fc.asyncProperty(clusterGroup(kills), isRight), {
      seed: seedOf(seed),
      numRuns: groups,
      interruptAfterTimeLimit: groups * SHRINKING,
    });
  } finally {
    for (const listener of listeners) process.on('warning', listener);
    await cluster.close();
  }
}
