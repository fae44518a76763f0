import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { spawn } from 'telar';
import { census } from '../census.ts';
import { Borrower } from '../fixtures/spawn/borrower.ts';
import { Counter } from '../fixtures/spawn/counter.ts';
import { catchReason } from '../harness/collect.ts';

census();

describe('a spawned object', () => {
  test('keeps the fields of a thrown object that cannot be cloned', async () => {
    await using borrower = await spawn(Borrower);
    const error = (await catchReason(borrower.fail(() => {}))) as Error & { code: string; limit: object };
    assert.ok(error instanceof Error);
    assert.match(error.message, /without `retry`/);
    assert.deepEqual([error.code, error.limit], ['E_FULL', { most: 3 }]);
  });

  test('is no text and no number: neither calls anything on the other thread', async () => {
    await using counter = await spawn(Counter, [5]);
    const stray = new Set<unknown>();
    const note = (reason: unknown): void => void stray.add(reason);
    process.on('unhandledRejection', note);
    try {
      for (const remote of [counter, counter.size, counter.add] as unknown[]) {
        assert.throws(() => String(remote), { name: 'TypeError', message: /lives on another thread/ });
        assert.throws(() => `${remote as string}`, TypeError);
        assert.throws(() => (remote as string) + '', TypeError);
        assert.throws(() => Number(remote), TypeError);
      }
      assert.equal(await counter.add(2), 7);
      await setImmediate();
      assert.deepEqual([...stray], []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

test('a stream that fails before the call reads it that got it is a failure of that call alone', async () => {
  const make = () => ({
    give(): Generator<number> {
      throw new RangeError('no numbers');
    },
    async sum(numbers: AsyncIterable<number>, wait: () => Promise<void>): Promise<number> {
      await wait();
      let sum = 0;
      for await (const number of numbers) sum += number;
      return sum;
    },
    ok: () => true,
  });
  await using giver = await spawn(make);
  await using reader = await spawn(make);
  const stray = new Set<unknown>();
  const note = (reason: unknown): void => void stray.add(reason);
  process.on('unhandledRejection', note);
  try {
    const reading = reader.sum(giver.give(), async () => {
      // The answer to a call comes behind those to the calls before it.
      await giver.ok();
      await setImmediate();
    });
    await assert.rejects(reading, { name: 'RangeError', message: 'no numbers' });
    assert.deepEqual([...stray], []);
  } finally {
    process.off('unhandledRejection', note);
  }
});

test('the arguments of spawn are those of the call, also for a restart', async () => {
  const restart = { max: 1, within: 60_000, backoff: 0 };
  const args: [start: number] = [5];
  const make = (start: number) => ({ start: () => start, exit: () => process.exit(3) });
  const making = spawn(make, args, { restart });
  args[0] = 70;
  await using counter = await making;
  assert.equal(await counter.start(), 5);
  await assert.rejects(counter.exit(), { name: 'WorkerError' });
  assert.equal(await counter.start(), 5);
});

test('a module takes no arguments: options behind them would be ignored', async () => {
  await assert.rejects(spawn('file:///service.js', [] as never), /takes no arguments.*got an array of 0/);
});
