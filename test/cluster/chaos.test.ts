import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sample } from '../harness/long.ts';
import { seedOf } from '../harness/random.ts';
import { describeOnBrokers } from './brokers.ts';
import { type Damage, runChaos } from './chaos.ts';

const CLEAN = { missing: 0, wrong: 0, innocent: 0, unpunished: 0 };

function judge({ missing, wrong, innocent, unpunished, examples }: Damage): void {
  assert.deepEqual({ missing, wrong, innocent, unpunished }, CLEAN, examples.join('\n'));
}

describeOnBrokers('Nodes that are killed', (broker) => {
  for (let seed = seedOf(1); seed < seedOf(1) + sample(1, 10); seed++) {
    test(`lose nothing and blame one item: seed ${seed}`, async () => {
      const damage = await runChaos(broker.url, {
        seed,
        items: sample(1500, 20_000),
        nodes: 2,
        lethal: sample(777, 7777),
        faults: sample({}, { kills: [1000, 2000] }),
      });
      judge(damage);
      assert.ok(damage.kills > 0, 'no node was killed');
    });
  }
});
