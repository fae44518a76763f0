import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inFull, sample } from '../harness/long.ts';
import { runHeldUp } from '../harness/pauses/run-held-up.ts';
import { root } from '../harness/root.ts';
import { seedOf } from '../harness/random.ts';

const PROGRAM = new URL('dist/test/fixtures/held-up/program.js', root);
const SEEDS: readonly number[] = Array.from({ length: sample(1, 12) }, (_, at) => seedOf(1) + at);

/** A busy system stops a thread between any two instructions: nothing is lost for that, and all that is opened ends. */
describe('every form of call, with threads held up at random', { concurrency: 2 }, () => {
  for (const seed of SEEDS) {
    for (const isolate of ['thread', 'process']) {
      const options = isolate === 'thread' ? {} : inFull;
      it(`gives what a loop gives: isolate '${isolate}', seed ${seed}`, options, async () => {
        assert.match(await runHeldUp(PROGRAM, [String(seed), isolate], seed), /^all right\n$/);
      });
    }
  }
});
