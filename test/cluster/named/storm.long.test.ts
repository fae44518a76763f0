import { test } from 'node:test';
import { seedOf } from '../../harness/random.ts';
import { describeOnMortalBrokers } from '../brokers.ts';
import { runKilled } from './run-killed.ts';

describeOnMortalBrokers('A caller that is killed, as its nodes and its broker are', (broker) => {
  for (const [at, form] of (['map', 'iterable', 'settled'] as const).entries()) {
    test(`gets each outcome once, in order: ${form}`, async (context) => {
      const terms = { form, items: 20_000, kills: 4, seed: seedOf(1) + at, broker };
      const said = await runKilled(broker.url, terms);
      context.diagnostic(`${broker.name}, ${form}: ${said}`);
    });
  }
});
