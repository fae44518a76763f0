import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMapIterable } from 'telar';
import { census } from '../../census.ts';
import { double, echo, getThread } from '../../fixtures/tasks/computes.ts';
import { fillLarge } from '../../fixtures/tasks/transfers.ts';
import { until } from '../../harness/latch.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

/** The read-ahead that the documentation states for a reader that takes few items. */
const bound = 64;

class Counted implements Iterable<number> {
  pulled = 0;
  closed = 0;

  *[Symbol.iterator](): Generator<number> {
    try {
      for (;;) yield this.pulled++;
    } finally {
      this.closed++;
    }
  }

  async *later(): AsyncGenerator<number> {
    for (const item of this) {
      await Promise.resolve();
      yield item;
    }
  }
}

describe('a source is read ahead', () => {
  for (const chunkSize of [undefined, 1, 7, 1000]) {
    it(`by at most ${bound} items for a slow reader, in chunks of ${chunkSize ?? 'any size'}`, async () => {
      const source = new Counted();
      let taken = 0;
      let furthest = 0;
      for await (const _ of parallelMapIterable(source, double, { pool, chunkSize })) {
        taken++;
        // Slow in turns of the event loop: the workers have time to run whatever they are given.
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
        furthest = Math.max(furthest, source.pulled - taken);
        if (taken === 12) break;
      }
      assert.ok(furthest <= bound, `${furthest} items were ahead of the reader`);
      assert.equal(source.closed, 1);
    });
  }

  it('by a little more from an asynchronous source, which fills its own buffer', async () => {
    const source = new Counted();
    let taken = 0;
    for await (const _ of parallelMapIterable(source.later(), double, { pool })) {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
      assert.ok(source.pulled - ++taken <= 2 * bound + 1, `${source.pulled - taken} items were ahead`);
      if (taken === 12) break;
    }
    assert.equal(source.closed, 1);
  });

  it('by what the reader took lately, when that is more: an endless source ends with the reader', async () => {
    const source = new Counted();
    let taken = 0;
    for await (const result of parallelMapIterable(source, double, { pool })) {
      assert.equal(result, taken * 2);
      if (++taken === 50_000) break;
    }
    assert.equal(source.closed, 1);
    assert.ok(source.pulled < 3 * taken, `${source.pulled} items were pulled for ${taken} results`);
  });

  it('by few items when their results are large', async () => {
    const size = 4 * 1024 * 1024;
    let pulled = 0;
    function* generate(): Generator<number> {
      for (;;) {
        pulled++;
        yield size;
      }
    }
    const reader = parallelMapIterable(generate(), fillLarge, { pool })[Symbol.asyncIterator]();
    const first = await reader.next();
    assert.ok(first.done !== true && first.value.byteLength === size);
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    // 32 MB wait for the reader; what two workers hold when that is reached, two chunks each, is on top.
    assert.ok(pulled <= 32, `${pulled} results of 4 MB each were made ahead of the reader`);
    await reader.return?.();
  });
});

describe('nothing starts', () => {
  it('before the first result is asked for', async () => {
    const source = new Counted();
    const results = parallelMapIterable(source, echo<number>, { pool });
    const reader = results[Symbol.asyncIterator]();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(source.pulled, 0);
    assert.deepEqual(await reader.next(), { done: false, value: 0 });
    await reader.return?.();
    assert.equal(source.closed, 1);
  });

  it('when the reader leaves before it has read', async () => {
    const source = new Counted();
    const reader = parallelMapIterable(source, getThread, { pool })[Symbol.asyncIterator]();
    assert.deepEqual(await reader.return?.(), { done: true, value: undefined });
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
    assert.equal(source.pulled, 0);
  });
});

describe('a reader that stops reading', () => {
  it('stops the source, and goes on where it was', async () => {
    const source = new Counted();
    const reader = parallelMapIterable(source, echo<number>, { pool })[Symbol.asyncIterator]();
    for (let value = 0; value < 5; value++) assert.deepEqual(await reader.next(), { done: false, value });
    let before = -1;
    // Until two looks in a row see the same: the engine has come to rest.
    await until(() => {
      const isSame = before === source.pulled;
      before = source.pulled;
      return isSame;
    });
    for (let value = 5; value < 500; value++) assert.deepEqual(await reader.next(), { done: false, value });
    await reader.return?.();
  });
});
