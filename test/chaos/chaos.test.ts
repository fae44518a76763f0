import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { census } from '../census.ts';
import { scenarios } from './scenarios/all.ts';
import { Trial } from './trial/trial.ts';

census();

/** The same each time, so that a failure can be looked at; `npm run chaos` takes another each time. */
const SEED = 20_261;

for (const isolate of ['thread', 'process'] as const) {
  describe(`chaos on ${isolate === 'thread' ? 'threads' : 'processes'}`, () => {
    for (const scenario of scenarios.filter(({ isolates }) => isolates.includes(isolate))) {
      it(`${scenario.name}: ${scenario.claim}`, async (test) => {
        test.diagnostic(`seed ${SEED}`);
        const trial = new Trial({ seed: SEED, isolate, isShort: true });
        await scenario.run(trial);
        const stuck = await trial.promises.listStuck();
        assert.deepEqual(stuck, [], 'promises that never settle');
        // Durations are looked at by `npm run chaos`.
        const missed = trial.figures.all.filter(({ holds, isTiming }) => !holds && !isTiming);
        assert.deepEqual(missed, []);
        assert.ok(trial.figures.all.length > 0);
        assert.equal(trial.score.lost + trial.score.duplicated + trial.score.unexpected, 0);
      });
    }
  });
}
