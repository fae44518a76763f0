import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outstanding } from '../../../src/cluster/caller/chunk/outstanding.ts';
import type { Hub } from '../../../src/cluster/caller/hub.ts';
import { RunAtBroker } from '../../../src/cluster/caller/run-at-broker.ts';
import { ClusterError } from '../../../src/cluster/cluster-error.ts';

/** Opens a run with a name at a broker that notes what it is asked for; `holder` is another caller that has the run. */
async function open(said: string[], holder?: string): Promise<RunAtBroker> {
  const say =
    <T>(word: string, answer?: T) =>
    async (): Promise<T | undefined> => {
      said.push(word);
      return answer;
    };
  const opened = { kind: 'opened', epoch: 1, next: 1, committed: new Map() };
  const broker = {
    runs: {
      open: say('take', holder === undefined ? opened : { kind: 'in-use', caller: holder }),
      leave: say('leave'),
    },
    registry: { leave: say('unlist') },
    news: { onCommit: say('listen'), offCommit: say('silence') },
    reset: () => false,
  };
  const nodes = { measure: () => ({ nodes: 1, slots: 1, threads: 1 }), refresh: async () => {} };
  const hub = {
    terms: { brokerTimeout: 1000, waitForNodes: 1000, queue: 'q' },
    connect: async () => ({ broker, nodes }),
    openQueue: async () => ({}),
  } as unknown as Hub;
  const terms = {
    id: 'nightly',
    name: { id: 'nightly', keep: undefined, keepsFailures: false, input: '', options: '' },
    hub,
    patience: 1000,
    head: { v: 1, task: 'tasks#answer', version: 'v1' } as const,
    outstanding: new Outstanding(),
    // Whoever finds the run taken gives up at once.
    isOver: () => holder !== undefined && said.includes('take'),
  };
  return await RunAtBroker.open(terms, () => {});
}

test('Of the callers of one run in one program, who holds it hears of its chunks', async () => {
  const said: string[] = [];
  const run = await open(said);
  // The next caller may listen as soon as the run is free, so that this one has to be silenced before.
  await run.end(false);
  assert.deepEqual(said, ['take', 'listen', 'silence', 'leave', 'unlist']);
  const waited: string[] = [];
  await assert.rejects(
    open(waited, 'another'),
    (error: unknown) => error instanceof ClusterError && error.reason === 'in-use',
  );
  assert.deepEqual(waited, ['take']);
});
