import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { scenarios } from './scenarios/all.ts';
import { type Isolate, type Scenario, Trial } from './trial/trial.ts';
import { seedOf } from '../harness/random.ts';

census();

/** `npm run chaos` takes others each time. */
const SEEDS: readonly number[] = Array.from({ length: sample(1, 4) }, (_, at) => seedOf(20_261) + at);
/** These faults take long: `npm test` has them one by one, in tests of their own. */
const LONG: readonly string[] = sample(['message-life', 'timeouts', 'deaths'], []);
/** These faults are slow on processes: `npm test` has them on threads, and those of memory in `test/processes/`. */
const SLOW: readonly string[] = sample(
  ['random-faults', 'deaths', 'reading', 'memory-shapes', 'closing'],
  [],
);

for (const isolate of ['thread', 'process'] as const) {
  describe(`chaos on ${isolate === 'thread' ? 'threads' : 'processes'}`, () => {
    for (const { scenario, seed } of listTrials(isolate)) {
      it(`${scenario.name}: ${scenario.claim} (seed ${seed})`, async () => {
        const trial = new Trial({ seed, isolate, isShort: true });
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

describe('npm run chaos', () => {
  const run = (option: string): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [fileURLToPath(new URL('run.js', import.meta.url)), option], {
      encoding: 'utf8',
    });

  it('says what it takes', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    for (const { name } of scenarios) assert.ok(stdout.includes(name), name);
  });

  it('refuses what it does not know, and says what it takes', () => {
    const { status, stdout, stderr } = run('--sed');
    assert.equal(status, 2);
    assert.match(stderr, /--sed[^]*--seed <n>/);
    assert.equal(stdout, '');
  });
});

function listTrials(isolate: Isolate): { scenario: Scenario; seed: number }[] {
  return scenarios
    .filter(({ isolates }) => isolates.includes(isolate))
    .filter(({ name }) => !LONG.includes(name) && (isolate === 'thread' || !SLOW.includes(name)))
    .flatMap((scenario) => SEEDS.map((seed) => ({ scenario, seed })));
}
