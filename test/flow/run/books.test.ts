import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TelarError } from 'telar';
import { Positions } from '../../../src/flow/outcome/positions.ts';
import type { Run } from '../../../src/flow/run/run.ts';
import { census } from '../../census.ts';
import { catchReason } from '../../harness/collect.ts';
import type { FakeWorker } from '../../harness/wire/fake-host.ts';
import { chunkOf, openRun } from '../../harness/wire/open-run.ts';

census();

async function assertInternal(run: Run, pattern: RegExp): Promise<void> {
  const reason = await catchReason(run.finished);
  assert.ok(reason instanceof TelarError);
  assert.match(reason.message, pattern);
  assert.match(reason.message, /^Internal error of Telar: .*report this.*issues$/);
}

describe('a run whose books do not balance', () => {
  // A worker that has a session open keeps the process awake; this one is none.
  let awake: NodeJS.Timeout;
  before(() => {
    awake = setInterval(() => {}, 1000);
  });
  after(() => clearInterval(awake));

  for (const [name, ran, values] of [
    ['has fewer outcomes than items that ran', 5, [0, 1, 2]],
    ['ran more items than it had', 6, undefined],
  ] as const) {
    it(`runs all again elsewhere when a worker ${name}`, async () => {
      const { run, worker, host } = openRun(5);
      worker.answer(chunkOf(worker), ran, values);
      assert.equal(worker.isTerminated, true);
      worker.end({ kind: 'terminated' });
      while (host.workers.length < 2) await new Promise(setImmediate);
      const other = host.workers[1] as FakeWorker;
      while (other.chunks.length === 0) await new Promise(setImmediate);
      for (const chunk of other.chunks) other.answer(chunk.chunk, 5);
      await run.finished;
      assert.equal(run.counts.items, 5);
    });
  }

  it('goes on with what a worker gave back', async () => {
    const { run, worker } = openRun(5);
    worker.answer(chunkOf(worker), 2);
    worker.answer(chunkOf(worker), 0);
    worker.answer(chunkOf(worker), 3);
    await run.finished;
    assert.equal(run.counts.items, 5);
  });

  it('rejects when nobody has an item any more, and does not wait for ever', async () => {
    const { run, worker } = openRun(9, 3);
    const lost = run.supply.take(Infinity, 3);
    assert.equal(lost?.items.length, 3);
    for (const { chunk } of worker.chunks) worker.answer(chunk, 3);
    await assertInternal(run, /3 items have no outcome, and no worker has them/);
  });

  it('rejects when one outcome comes twice and another never', async () => {
    const { run, worker } = openRun(9, 3);
    run.supply.take(Infinity, 3);
    const [first, second] = worker.chunks;
    worker.answer(first?.chunk as number, 3);
    run.putKnown({ index: 0, values: [1, 2, 3], outcomes: undefined, attempt: 1, bytes: 0, isSole: false });
    worker.answer(second?.chunk as number, 3);
    await assertInternal(run, /the outcome of one item came twice, and that of another never/);
  });
});

describe('positions', () => {
  it('are whole when each was put in once, in any order', () => {
    const positions = new Positions();
    for (const [from, count] of [
      [7, 3],
      [0, 1],
      [1, 6],
      [10, 90_000],
    ] as const)
      positions.add(from, count);
    assert.equal(positions.are(0, 90_010), true);
    assert.equal(positions.are(0, 90_009), false);
  });

  it('are not when one came twice and another never', () => {
    const positions = new Positions();
    positions.add(0, 4);
    positions.add(3, 1);
    positions.add(5, 5);
    assert.equal(positions.are(0, 10), false);
  });

  it('are exact where they are beyond 32 bits', () => {
    const positions = new Positions();
    positions.add(2 ** 40, 10);
    positions.add(2 ** 40 + 10, 1);
    assert.equal(positions.are(2 ** 40, 2 ** 40 + 11), true);
    assert.equal(positions.are(2 ** 40 + 1, 2 ** 40 + 12), false);
  });
});
