import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Remote, spawn, TelarError } from 'telar';
import { census } from '../census.ts';
import { Feeds } from '../fixtures/spawn/feeds.ts';
import { catchReason } from '../harness/collect.ts';

census();
const COUNT = 10_000;

const streams: Record<string, (feeds: Remote<Feeds>) => AsyncIterable<number>> = {
  'an asynchronous generator': (feeds) => feeds.slow(COUNT),
  'a generator': (feeds) => feeds.quick(COUNT),
  'an iterator that its end settles': (feeds) => feeds.pushed(),
};

const ends: Record<string, (feeds: Remote<Feeds>) => PromiseLike<void>> = {
  'spawn.close': (feeds) => spawn.close(feeds),
  'the end of its block': (feeds) => feeds[Symbol.asyncDispose](),
};

describe('a stream that is cut off because its object is closed', () => {
  for (const [of, open] of Object.entries(streams)) {
    for (const [by, end] of Object.entries(ends)) {
      test(`never looks as if it had ended: ${of}, by ${by}`, async () => {
        for (let round = 0; round < 3; round++) {
          // oxlint-disable-next-line no-await-in-loop
          const feeds = await spawn(Feeds, [], { closeTimeout: 100 });
          let begin = (): void => {};
          const begun = new Promise<void>((resolve) => (begin = resolve));
          const reading = catchReason(
            (async () => {
              for await (const _ of open(feeds)) begin();
            })(),
          );
          // oxlint-disable-next-line no-await-in-loop
          await begun;
          // oxlint-disable-next-line no-await-in-loop
          await sleep(round);
          // A step that never comes is a pending call, which closing waits for.
          // oxlint-disable-next-line no-await-in-loop
          await Promise.resolve(end(feeds)).catch(() => {});
          // oxlint-disable-next-line no-await-in-loop
          assert.ok((await reading) instanceof TelarError);
        }
      });
    }
  }

  test('is an error for who reads on later, with the name of the method, and none for who leaves', async () => {
    const feeds = await spawn(Feeds);
    const [read, left] = [feeds.quick(COUNT), feeds.quick(COUNT)];
    await Promise.all([read.next(), left.next()]);
    await spawn.close(feeds);
    await assert.rejects(
      read.next(),
      /The stream of `quick` was cut off before its end: the object is closed/,
    );
    assert.deepEqual(await read.next(), { done: true, value: undefined });
    assert.deepEqual(await left.return(7), { done: true, value: 7 });
  });

  test('has ended where it had come to its end before', async () => {
    const feeds = await spawn(Feeds);
    const read: number[] = [];
    const stream = feeds.quick(3);
    for await (const number of stream) read.push(number);
    await spawn.close(feeds);
    assert.deepEqual(read, [0, 1, 2]);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });
});

test('an iterator that an object keeps beyond the call it was passed to does not look as if it had ended', async () => {
  await using feeds = await spawn(Feeds);
  await feeds.keep(
    (async function* () {
      yield* [1, 2, 3];
    })(),
  );
  await assert.rejects(feeds.readKept(), /iterators end with their call/);
});
