import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runBatch } from './run-batch.ts';
import { seedOf } from '../harness/random.ts';

/** `npm run test:all -- model` takes thousands. */
const SEED: number = seedOf(20_261_129);
const PROGRAMS = 40;

describe('random programs, many at once on shared pools', { concurrency: true }, () => {
  for (const isHeldUp of [false, true]) {
    it(`end as a plain loop does, with threads that ${isHeldUp ? 'are held up at random' : 'run freely'}`, async () => {
      const { programs, differences, output } = await runBatch(SEED, isHeldUp ? 1000 : 0, PROGRAMS, isHeldUp);
      assert.equal(differences, 0, output);
      assert.ok(programs >= PROGRAMS);
    });
  }
});
