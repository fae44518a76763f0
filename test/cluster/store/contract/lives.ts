import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, chunk, KEEP } from './bench.ts';

/** Tests how a run is held, is taken up and is over. */
export function testLives(bench: Bench): void {
  test('a live lease is held by one caller; the next epoch ends what the one before may do', async () => {
    const run = bench.newRun();
    const first = await bench.openRun(run, 'a');
    await bench.broker.runs.put(run, first, [chunk(first.next), chunk(first.next + 1)]);
    await bench.broker.runs.commit(run, first.next, Buffer.from('kept'));
    const refused = await bench.broker.runs.open(run, { caller: 'b', head: 'head', keep: 60_000 });
    assert.deepEqual(refused, { kind: 'in-use', caller: 'a' });
    const again = await bench.broker.runs.open(run, { caller: 'a', head: 'head', keep: 60_000 });
    assert.equal(again.kind, 'opened');
    assert.ok(again.epoch > first.epoch);
    assert.ok(
      again.next > first.next + 2,
      'no number is used twice, nor that of a chunk which the broker has lost',
    );
    assert.deepEqual([...again.committed], [[first.next, `{"first":${first.next}}`]]);
    const numbers = [first.next, first.next + 1];
    assert.deepEqual(
      await bench.broker.runs.findOutstanding(run, numbers),
      new Set(),
      'what was outstanding is gone',
    );
    assert.equal(await bench.broker.runs.commit(run, first.next + 1, Buffer.from('late')), false);
    assert.equal(await bench.broker.runs.put(run, first, [chunk(first.next + 5)]), 'superseded');
    assert.equal(await bench.broker.runs.renew(run, first), 'superseded');
    const lost = { ...first, epoch: again.epoch + 1 };
    assert.equal(
      await bench.broker.runs.put(run, lost, [chunk(again.next)]),
      'gone',
      'the broker has lost it',
    );
    assert.equal(await bench.broker.runs.renew(run, lost), 'gone');
    await bench.broker.runs.end(run, first.epoch);
    assert.equal(await bench.broker.runs.renew(run, { ...first, epoch: again.epoch }), 'held');
    assert.equal((await bench.broker.runs.take(run, numbers)).size, 1, 'an old epoch ends nothing');
    await bench.broker.runs.end(run, again.epoch);
    assert.equal(await bench.broker.runs.renew(run, { ...first, epoch: again.epoch }), 'gone');
    assert.equal(
      await bench.broker.runs.put(run, { ...first, epoch: again.epoch }, [chunk(again.next)]),
      'gone',
    );
  });

  test('a run of that name with another head is refused, until it is over', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run, 'a', 'one');
    const refused = await bench.broker.runs.open(run, { caller: 'a', head: 'two', keep: 60_000 });
    assert.deepEqual(refused, { kind: 'mismatch', head: 'one' });
    await bench.broker.runs.end(run, lease.epoch);
    const next = await bench.openRun(run, 'a', 'two');
    assert.ok(next.epoch > lease.epoch, 'no epoch comes twice');
    assert.ok(next.next >= lease.next);
    await bench.broker.runs.end(run, next.epoch);
  });

  test('a late commit of an earlier run of the name is none of the next', async () => {
    const run = bench.newRun();
    const first = await bench.openRun(run);
    await bench.broker.runs.put(run, first, [chunk(first.next)]);
    await bench.broker.runs.begin(run, first.next);
    await bench.broker.runs.end(run, first.epoch);
    const second = await bench.openRun(run);
    await bench.broker.runs.put(run, second, [chunk(second.next)]);
    assert.equal(await bench.broker.runs.commit(run, first.next, Buffer.from('old')), false);
    assert.equal((await bench.broker.runs.begin(run, second.next))?.starts, 1);
    await bench.broker.runs.end(run, second.epoch);
  });

  test('what nobody renews is gone after its time', async () => {
    const run = bench.newRun();
    const opened = await bench.broker.runs.open(run, { caller: 'a', head: 'head', keep: 300 });
    assert.equal(opened.kind, 'opened');
    const lease = { epoch: opened.epoch, caller: 'a', keep: 300 };
    await bench.broker.runs.put(run, lease, [chunk(opened.next), chunk(opened.next + 1)]);
    await bench.broker.runs.begin(run, opened.next);
    await bench.broker.runs.note(run, opened.next, Buffer.from('part'));
    await bench.broker.runs.commit(run, opened.next + 1, Buffer.from('done'));
    await sleep(700);
    assert.equal(await bench.broker.runs.begin(run, opened.next), undefined);
    assert.equal((await bench.broker.runs.take(run, [opened.next + 1])).size, 0);
    assert.equal(await bench.broker.runs.renew(run, lease), 'gone');
  });

  test('a run whose time is over is not there for any step, and may begin anew', async () => {
    const run = bench.newRun();
    const { runs } = bench.broker;
    const opened = await runs.open(run, { caller: 'a', head: 'head', keep: 200 });
    assert.equal(opened.kind, 'opened');
    const lease = { epoch: opened.epoch, caller: 'a', keep: 200 };
    const [n, done] = [opened.next, opened.next + 1];
    await runs.put(run, lease, [chunk(n), chunk(done)]);
    await runs.begin(run, n);
    await runs.commit(run, done, Buffer.from('done'));
    for (let state = 'held'; state !== 'gone'; state = await runs.renew(run, { ...lease, keep: 0 })) {
      await sleep(50);
    }
    assert.equal(await runs.put(run, lease, [chunk(n + 2)]), 'gone');
    await runs.note(run, n, Buffer.from('late'));
    await runs.release(run, n);
    assert.equal(await runs.begin(run, n), undefined);
    assert.equal(await runs.commit(run, n, Buffer.from('late')), false);
    assert.equal((await runs.findOutstanding(run, [n, done])).size, 0);
    assert.equal((await runs.take(run, [n, done])).size, 0);
    const states = await bench.broker.registry.listRuns();
    assert.ok(states.every((state) => state.run !== run));
    await bench.lapse(run);
    const again = await bench.openRun(run, 'b', 'another head');
    assert.ok(again.epoch > lease.epoch);
    assert.ok(again.next > done);
    assert.equal((await runs.take(run, [n, done])).size, 0);
    assert.equal(await runs.renew(run, lease), 'superseded');
    await runs.end(run, again.epoch);
  });

  test('a lease that nobody renews is free for the next caller, with all that has outcomes', async () => {
    const run = bench.newRun();
    const { runs } = bench.broker;
    const { next: n, ...lease } = await bench.openRun(run, 'a');
    await runs.put(run, lease, [chunk(n), chunk(n + 1)]);
    await runs.commit(run, n, Buffer.from('done'));
    await bench.lapse(run);
    const listed = (await bench.broker.registry.listRuns()).find((state) => state.run === run);
    assert.deepEqual(listed, { run, head: 'head', caller: undefined, outstanding: 1, done: 1 });
    assert.equal(await runs.renew(run, lease), 'held', 'until another comes, it may be taken again');
    const refused = await runs.open(run, { caller: 'b', head: 'head', keep: KEEP });
    assert.deepEqual(refused, { kind: 'in-use', caller: 'a' });
    await bench.lapse(run);
    const taken = await runs.open(run, { caller: 'b', head: 'head', keep: KEEP });
    assert.equal(taken.kind, 'opened');
    assert.deepEqual([...taken.committed.keys()], [n]);
    assert.ok(taken.next >= n + 2);
    assert.equal(await runs.renew(run, lease), 'superseded');
    assert.equal(await runs.commit(run, n + 1, Buffer.from('late')), false);
    await runs.end(run, taken.epoch);
  });
}
