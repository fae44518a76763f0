import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable } from 'telar';
import { census } from '../../census.ts';
import { countBytes, double, mix } from '../../fixtures/tasks/computes.ts';
import { throwIfNegative } from '../../fixtures/tasks/throws.ts';
import { collect } from '../../harness/collect.ts';
import { makeNumbers, oddSizes } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

async function* generateLater<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

describe('an asynchronous input may be', () => {
  it('an async generator', async () => {
    for (const size of oddSizes) {
      const items = makeNumbers(size, size);
      assert.deepEqual(await parallelMap(generateLater(items), mix, { pool }), items.map(mix));
      assert.deepEqual(
        await collect(parallelMapIterable(generateLater(items), mix, { pool })),
        items.map(mix),
      );
    }
  });

  it('a Readable of objects', async () => {
    const items = makeNumbers(997, 3);
    assert.deepEqual(await parallelMap(Readable.from(items), mix, { pool }), items.map(mix));
  });

  it('a Readable of bytes, whose items are what it gives at once', async () => {
    const stream = new Readable({ read() {} });
    for (const size of [1, 10, 100]) stream.push(Buffer.alloc(size));
    stream.push(null);
    const sizes = await parallelMap(stream as AsyncIterable<Uint8Array>, countBytes, { pool });
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      111,
    );
    assert.equal(stream.destroyed, true);
  });

  it('a web ReadableStream', async () => {
    const items = makeNumbers(101, 3);
    const stream = new ReadableStream<number>({
      start(controller) {
        for (const item of items) controller.enqueue(item);
        controller.close();
      },
    });
    assert.deepEqual(await parallelMap(stream, mix, { pool }), items.map(mix));
    assert.equal(stream.locked, false);
  });

  it('an async iterable that gives promises', async () => {
    const iterable = {
      [Symbol.asyncIterator]: () => {
        let next = 0;
        return {
          next: () => Promise.resolve({ done: next >= 20, value: Promise.resolve(next++) }),
        } as unknown as AsyncIterator<number>;
      },
    };
    assert.deepEqual(
      await parallelMap(iterable, double, { pool }),
      Array.from({ length: 20 }, (_, index) => index * 2),
    );
  });
});

describe('a stream is closed', () => {
  it('when an item fails', async () => {
    const stream = Readable.from(endless(-1));
    await assert.rejects(parallelMap(stream, throwIfNegative, { pool }), { name: 'TaskError', index: 3 });
    assert.equal(stream.destroyed, true);
  });

  it('when the reader of a web stream breaks', async () => {
    let reason: unknown = 'not cancelled';
    const stream = new ReadableStream<number>({
      pull(controller) {
        controller.enqueue(1);
      },
      cancel(given) {
        reason = given;
      },
    });
    for await (const _ of parallelMapIterable(stream, double, { pool })) break;
    assert.equal(reason, undefined);
    assert.equal(stream.locked, false);
  });

  it('when a stream fails, and the call rejects with its own error', async () => {
    const failure = new Error('the disk is gone');
    let reads = 0;
    const stream = new Readable({
      objectMode: true,
      read() {
        if (reads++ < 5) this.push(reads);
        else this.destroy(failure);
      },
    });
    await assert.rejects(parallelMap(stream, double, { pool }), (reason) => reason === failure);
  });
});

function* endless(fourth: number): Generator<number> {
  for (let index = 0; ; index++) yield index === 3 ? fourth : index;
}
