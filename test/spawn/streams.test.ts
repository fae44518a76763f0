import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloneError, spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import { catchReason, collect } from '../harness/collect.ts';
import { Streamer } from '../fixtures/spawn/streamer.ts';

census();

describe('a generator of a spawned object', () => {
  test('gives its values one by one, as the generator does here', async () => {
    await using streamer = await spawn(Streamer);
    for (const length of [0, 1, 2, 97]) {
      assert.deepEqual(await collect(streamer.count(length)), [...new Streamer().count(length)]);
      assert.deepEqual(await collect(streamer.later(length)), [...new Streamer().count(length)]);
    }
  });

  test('makes a value when it is asked for, and not before', async () => {
    await using streamer = await spawn(Streamer);
    const stream = streamer.count(10);
    await stream.next();
    await stream.next();
    assert.deepEqual(await streamer.events, ['begun', 'yield 0', 'yield 1']);
    await stream.return('left');
  });

  test('is closed when the loop is left', async () => {
    await using streamer = await spawn(Streamer);
    for await (const number of streamer.count(10)) if (number === 1) break;
    assert.deepEqual(await streamer.events, ['begun', 'yield 0', 'yield 1', 'closed']);
  });

  test('is closed when its object is', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    const streamer = await spawn(
      (given: Int32Array) => ({
        *count(): Generator<number> {
          try {
            for (let number = 0; ; number++) yield number;
          } finally {
            Atomics.add(given, 0, 1);
          }
        },
      }),
      [cells],
    );
    const stream = streamer.count();
    await stream.next();
    await spawn.close(streamer);
    assert.equal(cells[0], 1);
    await assert.rejects(stream.next(), /the object is closed/);
  });

  test('takes what is sent and thrown into it, and gives what it returns', async () => {
    await using streamer = await spawn(Streamer);
    const stream = streamer.count(2);
    await stream.next();
    await stream.next(7);
    assert.deepEqual(await stream.next(), { done: true, value: 'the end' });
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
    assert.deepEqual(await streamer.events, ['begun', 'yield 0', 'sent 7', 'yield 1', 'closed']);

    const other = streamer.count(2);
    await other.next();
    await assert.rejects(other.throw(new RangeError('thrown in')), {
      name: 'RangeError',
      message: 'thrown in',
    });
    assert.deepEqual(await other.next(), { done: true, value: undefined });
  });

  test('answers steps that are asked for at once, in their order', async () => {
    await using streamer = await spawn(Streamer);
    const stream = streamer.count(3);
    const steps = await Promise.all([
      stream.next(),
      stream.next(),
      stream.next(),
      stream.next(),
      stream.next(),
    ]);
    assert.deepEqual(
      steps.map(({ value }) => value),
      [0, 1, 2, 'the end', undefined],
    );
  });

  test('throws what it threw, after the values before it', async () => {
    await using streamer = await spawn(Streamer);
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const number of streamer.failAt(3)) seen.push(number);
    };
    await assert.rejects(reading(), { name: 'RangeError', message: 'after 3' });
    assert.deepEqual(seen, [0, 1, 2]);
  });

  test('is closed at a value that cannot be cloned', async () => {
    await using streamer = await spawn(Streamer);
    const error = await catchReason(collect(streamer.functions()));
    assert.ok(error instanceof CloneError);
    assert.deepEqual(await streamer.events, ['closed']);
  });

  test('rejects its reader when the thread dies', async () => {
    const streamer = await spawn(Streamer);
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const number of streamer.dieAt(3)) seen.push(number);
    };
    const error = await catchReason(reading());
    assert.ok(error instanceof WorkerError);
    assert.equal(error.exitCode, 5);
    assert.deepEqual(seen, [0, 1, 2]);
    await spawn.close(streamer);
  });
});
