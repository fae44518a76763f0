import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunListener } from '../../../src/flow/outcome/run-listener.ts';
import { census } from '../../census.ts';
import { catchReason } from '../../harness/collect.ts';
import { chunkOf, openRun } from '../../harness/wire/open-run.ts';

census();

/** Listener that outcomes what it hears, under its name. */
function listen(name: string, heard: string[]): RunListener {
  return {
    begun: () => heard.push(`${name} begun`),
    settled: ({ index, values }) => heard.push(`${name} settled ${index} to ${index + values.length}`),
    changed: () => heard.push(`${name} changed`),
    ended: async ({ supply }, how) => {
      await new Promise(setImmediate);
      heard.push(`${name} ended: ${how} behind ${supply.pulled}`);
    },
  };
}

describe('the listeners of a run', () => {
  // A worker that has a session open keeps the process awake; this one is none.
  let awake: NodeJS.Timeout;
  before(() => {
    awake = setInterval(() => {}, 1000);
  });
  after(() => clearInterval(awake));

  it('hear each step in turn, of outcomes before these are delivered, and each waits for the end of the one before', async () => {
    const heard: string[] = [];
    const { run, worker } = openRun(3, 3, {
      receiver: { deliver: () => heard.push('delivered') },
      listeners: [listen('first', heard), {}, listen('second', heard)],
    });
    worker.answer(chunkOf(worker), 3);
    await run.finished;
    assert.deepEqual(heard, [
      'first settled 0 to 3',
      'second settled 0 to 3',
      'delivered',
      'first changed',
      'second changed',
      'first ended: ended behind 3',
      'second ended: ended behind 3',
    ]);
  });

  it('do not hear outcomes of an earlier run, but that there are some', async () => {
    const heard: string[] = [];
    const { run } = openRun(2, 2, { listeners: [listen('one', heard)] });
    run.putKnown({ index: 0, values: [1, 2], outcomes: undefined, attempt: 1, bytes: 0, isSole: false });
    await run.finished;
    assert.deepEqual(heard, ['one changed', 'one ended: ended behind 2']);
    assert.equal(run.counts.resumed, 2);
  });

  for (const step of ['changed', 'ended'] as const) {
    it(`end the run with what one throws when it hears that something has ${step}`, async () => {
      const failure = new Error(step);
      const { run, worker } = openRun(3, 3, {
        listeners: [
          {
            [step]: () => {
              throw failure;
            },
          },
        ],
      });
      worker.answer(chunkOf(worker), 3);
      assert.equal(await catchReason(run.finished), failure);
    });
  }

  it('hear of a reader that leaves, of a failure, and of both but once', async () => {
    const heard: string[] = [];
    const left = openRun(4, 2, { listeners: [listen('left', heard)] });
    await left.run.stop();
    const failed = openRun(4, 2, { listeners: [listen('failed', heard)] });
    failed.run.fail(new Error('failed'));
    await assert.rejects(failed.run.finished, /failed/);
    await failed.run.stop();
    assert.deepEqual(heard, ['left ended: left behind 4', 'failed ended: failed behind 4']);
  });
});
