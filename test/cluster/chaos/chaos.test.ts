import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutstandingChunk } from '../../../src/cluster/caller/chunk/outstanding.ts';
import { Cluster } from 'telar/cluster';
import { parallelMap, type RunSummary } from 'telar';
import { answer, work } from '../../fixtures/cluster/tasks.ts';
import { isLong } from '../../harness/long.ts';
import { seedOf } from '../../harness/random.ts';
import { describeOnMortalBrokers } from '../brokers.ts';
import { startNode, type TestNode } from '../harness.ts';
import { openRun } from './open-run.ts';
import { type Damage, type Faults, runTrial, type TrialTerms } from './trial.ts';

const CLEAN = { missing: 0, wrong: 0, innocent: 0, unpunished: 0 };

/**
 * In `npm test` there are fewer items, and a few faults of one kind: on a busy machine a node needs longer to start than
 * passes between two kills, and the trial would last until it has luck.
 */
const SHORT: Omit<TrialTerms, 'seed' | 'faults'> = { items: 400, nodes: 2, lethal: 177, most: 2 };
const LONG: Omit<TrialTerms, 'seed' | 'faults'> = { items: 20_000, nodes: 3, lethal: 7777 };

function assertClean(damage: Damage): void {
  const { missing, wrong, innocent, unpunished, examples } = damage;
  assert.deepEqual({ missing, wrong, innocent, unpunished }, CLEAN, examples.slice(0, 10).join('\n'));
  assert.ok(damage.faults > 0, 'nothing was done to it');
}

describeOnMortalBrokers('A cluster', (broker) => {
  const restart = async (): Promise<void> => {
    await broker.kill();
    await broker.start();
  };
  const kinds: readonly { name: string; faults: Faults; seeds: number }[] = isLong
    ? [
        { name: 'whose nodes are killed', faults: { kills: [1000, 2000] }, seeds: 10 },
        { name: 'whose nodes are stopped for twice their lock', faults: { stops: 4000 }, seeds: 4 },
        { name: 'whose network fails', faults: { network: [200, 2000] }, seeds: 10 },
        {
          name: 'whose broker is killed',
          faults: { broker: { every: [4000, 8000], hurt: restart } },
          seeds: 4,
        },
        {
          name: 'whose broker comes back empty',
          faults: { broker: { every: [4000, 8000], hurt: () => broker.empty() } },
          seeds: 4,
        },
        {
          name: 'whose network and broker fail',
          faults: { network: [500, 2000], broker: { every: [4000, 6000], hurt: restart } },
          seeds: 4,
        },
      ]
    : [{ name: 'whose nodes are killed', faults: { kills: [1000, 2000] }, seeds: 1 }];
  test('that lost a run gets it back once, however many steps hear of that', async () => {
    const run = await openRun(broker.url);
    try {
      const [first, ...others] = [1, 2, 3].map((item) => run.add(item));
      await run.atBroker.send([first as OutstandingChunk]);
      await broker.empty();
      await Promise.all(others.map((chunk) => run.atBroker.send([chunk])));
      assert.equal(await run.countThere(), 3);
    } finally {
      await run.close();
    }
  });

  test('says no less than what ran again', { skip: !isLong }, async () => {
    const queue = `again-${process.pid}`;
    const log = join(tmpdir(), `telar-${queue}.log`);
    const countLines = async (): Promise<number> =>
      (await readFile(log, 'utf8').catch(() => '')).split('\n').length - 1;
    const start = (): Promise<TestNode> => {
      const args = ['--workers', '1', '--slots', '1', '--lock', '1s'];
      return startNode({ url: broker.url, queue, args, env: { TELAR_TEST_LOG: log } });
    };
    const items = Array.from({ length: 8000 }, (_, at) => at);
    let node = await start();
    await using cluster = new Cluster({ connection: broker.url, queue });
    let summary: RunSummary | undefined;
    const options = { pool: cluster, chunkSize: items.length };
    const call = parallelMap(items, work, { ...options, onSummary: (given) => (summary = given) });
    try {
      // The first node dies with nothing written down, and the second with most of what it has done. Where the first takes
      // so long that it has written something, the second may come to the end before.
      for (const lines of [4000, 10_000]) {
        // oxlint-disable-next-line no-await-in-loop -- each comes some way.
        while (summary === undefined && (await countLines()) < lines) await sleep(5);
        // oxlint-disable-next-line no-await-in-loop -- a node is killed before the next starts.
        await node.end('SIGKILL');
        // oxlint-disable-next-line no-await-in-loop -- each node goes on from where the one before was killed.
        node = await start();
      }
      assert.deepEqual(await call, items.map(answer));
      const repeated = (await countLines()) - items.length;
      assert.ok(repeated > 0 && summary !== undefined);
      const said = `${repeated} ran again, and ${summary.repeated} were said to`;
      assert.ok(summary.repeated >= repeated && summary.repeated <= 3 * items.length, said);
    } finally {
      await node.end('SIGKILL');
      await rm(log, { force: true });
    }
  });

  for (const { name, faults, seeds } of kinds) {
    for (let seed = seedOf(1); seed < seedOf(1) + seeds; seed++) {
      test(`${name} loses nothing and blames one item: seed ${seed}`, async (context) => {
        const damage = await runTrial(broker.url, { ...(isLong ? LONG : SHORT), seed, faults });
        context.diagnostic(`${broker.name}: ${JSON.stringify({ ...damage, examples: undefined })}`);
        assertClean(damage);
      });
    }
  }
});
