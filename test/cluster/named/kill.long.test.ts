import { test } from 'node:test';
import { seedOf } from '../../harness/random.ts';
import { describeOnBrokers } from '../brokers.ts';
import { runKilled } from './run-killed.ts';

describeOnBrokers('A caller that is killed again and again', (broker) => {
  for (const form of ['map', 'settled', 'iterable'] as const) {
    test(`gets each outcome once, in order: ${form}`, async (context) => {
      const terms = { form, items: 10_000, kills: 30, seed: seedOf(1) };
      const said = await runKilled(broker.url, terms);
      context.diagnostic(`${broker.name}, ${form}: ${said}`);
    });
  }
});
