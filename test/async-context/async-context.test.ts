import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Remote, spawn } from 'telar';
import { census } from '../census.ts';
import { Lender } from '../fixtures/spawn/lender.ts';
import { sample } from '../harness/long.ts';
import { usePool } from '../harness/pool.ts';
import { listEngineKinds } from './engine-kinds.ts';
import { listPipelineKinds } from './pipeline-kinds.ts';
import { findMixedUp, type Kind } from './requests.ts';
import { listRunKinds } from './run-kinds.ts';
import { listCallKinds, makerKinds } from './spawn-kinds.ts';

census();
const pool = usePool();
let object: Remote<Lender>;
before(async () => {
  object = await spawn(Lender);
});
after(() => spawn.close(object));

const tables = [
  ['calls over items', () => listEngineKinds(pool)],
  ['single calls', () => listRunKinds(pool)],
  ['pipelines', () => listPipelineKinds(pool)],
  ['calls of a spawned object', () => listCallKinds(object)],
] as const satisfies [string, () => Record<string, Kind>][];

for (const [of, listKinds] of tables) {
  describe(`what ${of} call back runs in the context of its call`, () => {
    for (const count of sample([12], [2, 50])) {
      test(`with ${count} calls at once`, async () => {
        // One kind after the other, so that a mix-up names its kind.
        for (const [name, kind] of Object.entries(listKinds())) {
          // oxlint-disable-next-line no-await-in-loop
          assert.deepEqual(await findMixedUp(kind, count), [], name);
        }
      });
    }

    test('with calls of all kinds at once', async () => {
      const kinds = Object.entries(listKinds());
      const found = await Promise.all(
        kinds.map(async ([name, kind]) => [name, await findMixedUp(kind, 2)] as const),
      );
      assert.deepEqual(
        found,
        kinds.map(([name]) => [name, []]),
      );
    });
  });
}

test('what an object calls back that has died runs in the context of its maker', async () => {
  for (const [name, kind] of Object.entries(makerKinds)) {
    // oxlint-disable-next-line no-await-in-loop
    assert.deepEqual(await findMixedUp(kind, 2), [], name);
  }
});
