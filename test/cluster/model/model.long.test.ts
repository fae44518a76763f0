import { test } from 'node:test';
import '../../harness/long.ts';
import { describeOnBrokers } from '../brokers.ts';
import { runGroups } from './run-groups.ts';

/** Groups of up to 12 programs. */
const GROUPS = 30;

describeOnBrokers('Random programs, many at once on a cluster', (broker) => {
  const terms = { groups: GROUPS, nodes: 2 };

  test('end as a plain loop does', async () => {
    await runGroups({ ...terms, url: broker.url, seed: 20_261_129, kills: 0 });
  });

  test('end as a plain loop does while nodes are killed', async () => {
    await runGroups({ ...terms, url: broker.url, seed: 20_261_130, kills: 3 });
  });
});
