import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Broker } from '../../../../src/cluster/store/broker.ts';
import { type Bench, chunk } from './bench.ts';

/** Tests what each step does, also when it comes again or too late. */
export function testSteps(bench: Bench): void {
  test('a chunk is put, begun, committed, taken and dropped', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    const n = lease.next;
    assert.equal(await bench.broker.runs.put(run, lease, [chunk(n), chunk(n + 1)]), 'held');
    assert.deepEqual(await bench.broker.runs.findOutstanding(run, [n, n + 1, n + 2]), new Set([n, n + 1]));
    const begun = await bench.broker.runs.begin(run, n);
    assert.equal(begun?.head, 'head');
    assert.equal(begun.meta, `{"first":${n}}`);
    assert.equal(begun.input.toString(), `input ${n}`);
    assert.equal(begun.part, undefined);
    assert.equal(begun.starts, 1);
    assert.equal(await bench.broker.runs.commit(run, n, Buffer.from('output')), true);
    assert.deepEqual(await bench.broker.runs.findOutstanding(run, [n, n + 1]), new Set([n + 1]));
    const taken = await bench.broker.runs.take(run, [n, n + 1]);
    assert.deepEqual(
      [...taken].map(([number, bytes]) => [number, bytes.toString()]),
      [[n, 'output']],
    );
    assert.equal((await bench.broker.runs.take(run, [n])).size, 1, 'outputs stay until they are dropped');
    await bench.broker.runs.drop(run, [n]);
    assert.equal((await bench.broker.runs.take(run, [n])).size, 0);
    await bench.broker.runs.end(run, lease.epoch);
  });

  test('bytes of every value and of no length arrive as they are', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 256);
    const inputs = [bytes.subarray(3, 65_540), new Uint8Array()];
    await bench.broker.runs.put(
      run,
      lease,
      inputs.map((input, at) => ({ ...chunk(lease.next + at), input })),
    );
    for (const [at, input] of inputs.entries()) {
      const begun = await bench.broker.runs.begin(run, lease.next + at);
      assert.deepEqual(Buffer.from(begun?.input ?? 'none'), Buffer.from(input));
      await bench.broker.runs.commit(run, lease.next + at, input);
    }
    const taken = await bench.broker.runs.take(run, [lease.next, lease.next + 1]);
    assert.deepEqual(taken.get(lease.next), Buffer.from(inputs[0] ?? []));
    assert.deepEqual(taken.get(lease.next + 1), Buffer.alloc(0));
  });

  test('every step may be done twice', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    const n = lease.next;
    for (const input of ['first', 'second']) {
      assert.equal(await bench.broker.runs.put(run, lease, [chunk(n, input)]), 'held');
    }
    assert.equal((await bench.broker.runs.begin(run, n))?.input.toString(), 'first');
    assert.equal((await bench.broker.runs.begin(run, n))?.starts, 2);
    await bench.broker.runs.note(run, n, Buffer.from('part'));
    await bench.broker.runs.note(run, n, Buffer.from('more'));
    await bench.broker.runs.release(run, n);
    await bench.broker.runs.release(run, n);
    await bench.broker.runs.release(run, n);
    const begun = await bench.broker.runs.begin(run, n);
    assert.equal(begun?.starts, 1, 'no more starts are taken back than there were');
    assert.equal(begun.part?.toString(), 'more');
    assert.equal(await bench.broker.runs.commit(run, n, Buffer.from('one')), true);
    assert.equal(await bench.broker.runs.commit(run, n, Buffer.from('two')), false);
    assert.equal((await bench.broker.runs.take(run, [n])).get(n)?.toString(), 'one');
    assert.equal(await bench.broker.runs.put(run, lease, [chunk(n)]), 'held');
    assert.equal(
      await bench.broker.runs.begin(run, n),
      undefined,
      'what has an outcome is not outstanding again',
    );
    await bench.broker.runs.drop(run, [n]);
    await bench.broker.runs.drop(run, [n]);
    await bench.broker.runs.end(run, lease.epoch);
    await bench.broker.runs.end(run, lease.epoch);
  });

  test('nothing is done for a chunk that is not outstanding', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    const n = lease.next;
    const nothing = async (number: number): Promise<void> => {
      assert.equal(await bench.broker.runs.begin(run, number), undefined);
      assert.equal(await bench.broker.runs.commit(run, number, Buffer.from('late')), false);
      await bench.broker.runs.note(run, number, Buffer.from('late'));
      await bench.broker.runs.release(run, number);
    };
    await nothing(n);
    await bench.broker.runs.put(run, lease, [chunk(n)]);
    await bench.broker.runs.commit(run, n, Buffer.from('done'));
    await nothing(n);
    assert.equal((await bench.broker.runs.take(run, [n])).get(n)?.toString(), 'done');
    await bench.broker.runs.drop(run, [n]);
    await nothing(n);
    assert.equal((await bench.broker.runs.take(run, [n])).size, 0);
    await bench.broker.runs.end(run, lease.epoch);
    await nothing(n);
    const runs = await bench.broker.registry.listRuns();
    assert.equal(
      runs.some((state) => state.run === run),
      false,
    );
  });

  test('of 100 commits of one chunk, one succeeds', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    await bench.broker.runs.put(run, lease, [chunk(lease.next)]);
    const brokers = await Promise.all(Array.from({ length: 4 }, () => bench.open()));
    try {
      const commits = Array.from({ length: 100 }, async (_, at) =>
        (brokers[at % 4] as Broker).runs.commit(run, lease.next, Buffer.from(String(at))),
      );
      const isDone = await Promise.all(commits);
      assert.equal(isDone.filter(Boolean).length, 1);
      const output = (await bench.broker.runs.take(run, [lease.next])).get(lease.next);
      assert.equal(output?.toString(), String(isDone.indexOf(true)));
    } finally {
      await Promise.all(brokers.map((other) => other.close()));
    }
    await bench.broker.runs.end(run, lease.epoch);
  });

  test('a thousand chunks go in at once and come out at once', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    const numbers = Array.from({ length: 1000 }, (_, at) => lease.next + at);
    await bench.broker.runs.put(
      run,
      lease,
      numbers.map((number) => chunk(number)),
    );
    assert.equal((await bench.broker.runs.findOutstanding(run, numbers)).size, 1000);
    const done = numbers.filter((_, at) => at % 4 === 0);
    await Promise.all(done.map((number) => bench.broker.runs.commit(run, number, Buffer.from(`${number}`))));
    const taken = await bench.broker.runs.take(run, numbers);
    assert.equal(taken.size, done.length);
    assert.deepEqual(
      done.filter((number) => taken.get(number)?.toString() !== `${number}`),
      [],
    );
    await bench.broker.runs.end(run, lease.epoch);
  });
}
