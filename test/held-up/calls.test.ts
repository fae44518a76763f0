import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { root } from '../harness/root.ts';
import { runHeldUp } from '../harness/pauses/run-held-up.ts';

const PROGRAM = new URL('dist/test/fixtures/held-up/program.js', root);

/** A busy system stops a thread between any two instructions: nothing is lost for that, and all that is opened ends. */
describe('every form of call, with threads held up at random', { concurrency: true }, () => {
  for (const isolate of ['thread', 'process']) {
    it(`gives what a loop gives: isolate '${isolate}'`, async () => {
      assert.match(await runHeldUp(PROGRAM, ['1', isolate], 1), /^all right\n$/);
    });
  }
});
