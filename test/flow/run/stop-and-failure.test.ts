import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMapIterable, pipeline, stop } from 'telar';

describe('an item that says `stop`, and a failure right behind it', () => {
  function* broken(): Generator<number> {
    yield 1;
    throw new Error('behind the end');
  }

  test('end an iterable well, though the source has failed before the item has run', async () => {
    const results: unknown[] = [];
    const task = function* (item: number): Generator<unknown> {
      yield item;
      yield stop;
    };
    for await (const result of parallelMapIterable(broken(), task)) results.push(result);
    assert.deepEqual(results, [1]);
  });

  test('end a pipeline well, though a stage on the event loop has failed', async () => {
    const results = await pipeline([1, 2])
      .io(async (item) => {
        if (item === 2) throw new Error('behind the end');
        return item;
      })
      .cpu(async function* (item: number): AsyncGenerator<unknown> {
        await new Promise((resolve) => setTimeout(resolve, 50));
        yield item;
        yield stop;
      })
      .toArray();
    assert.deepEqual(results, [1]);
  });

  test('end with the failure when nothing before it says `stop`', async () => {
    const results: unknown[] = [];
    await assert.rejects(async () => {
      for await (const result of parallelMapIterable(broken(), (item) => item)) results.push(result);
    }, /behind the end/);
    assert.deepEqual(results, [1]);
  });
});
