import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLong } from '../../harness/long.ts';
import { seedOf } from '../../harness/random.ts';
import { describeOnMortalBrokers } from '../brokers.ts';
import { type Damage, type Faults, runTrial, type TrialTerms } from './trial.ts';

const CLEAN = { missing: 0, wrong: 0, innocent: 0, unpunished: 0 };

/**
 * In `npm test` there are fewer items, and a few faults of one kind: on a busy machine a node needs longer to start than
 * passes between two kills, and the trial would last until it has luck.
 */
const SHORT: Omit<TrialTerms, 'seed' | 'faults'> = { items: 600, nodes: 2, lethal: 277, most: 4 };
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
