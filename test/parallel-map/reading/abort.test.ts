import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { importTasks, parallelMap, parallelMapIterable, parallelMapSettled, Pool } from 'telar';
import { census } from '../../census.ts';
import { double, echo, mix } from '../../fixtures/tasks/computes.ts';
import { spin, spinUntilAborted, waitForSignal, waitLater } from '../../fixtures/tasks/waits.ts';
import { throwIfNegative } from '../../fixtures/tasks/throws.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { Latch, until } from '../../harness/latch.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

type Loading = { parse: (item: number) => number };

describe('an abort rejects with the signal’s own reason', () => {
  it('before the call, without opening the input', async () => {
    const reason = { not: 'an error' };
    const signal = AbortSignal.abort(reason);
    let isOpened = false;
    const items: Iterable<number> = {
      [Symbol.iterator]() {
        isOpened = true;
        return [1][Symbol.iterator]();
      },
    };
    assert.equal(await catchReason(parallelMap(items, double, { pool, signal })), reason);
    assert.equal(await catchReason(parallelMapSettled(items, double, { pool, signal })), reason);
    assert.equal(await catchReason(collect(parallelMapIterable(items, double, { pool, signal }))), reason);
    assert.equal(isOpened, false);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('in the turn of the call, before any worker was told', async () => {
    const controller = new AbortController();
    const results = parallelMap([1, 2, 3], double, { pool, signal: controller.signal });
    controller.abort();
    const reason = await catchReason(results);
    assert.equal(reason, controller.signal.reason);
    assert.ok(reason instanceof DOMException && reason.name === 'AbortError');
  });

  for (const call of [parallelMap, parallelMapSettled]) {
    it(`while items are computed, in ${call.name}`, async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      let pulled = 0;
      let closed = 0;
      function* generate(): Generator<number> {
        try {
          for (;;) yield pulled++;
        } finally {
          closed++;
        }
      }
      const results = call(generate(), mix, { pool, signal: controller.signal });
      await until(() => pulled > 100);
      controller.abort(reason);
      assert.equal(await catchReason(results), reason);
      assert.equal(closed, 1);
    });
  }

  it('while the reader waits for a result', async () => {
    const latch = new Latch();
    const controller = new AbortController();
    const items = [{ cells: latch.cells, value: 1 }];
    const reader = parallelMapIterable(items, waitLater, { pool, signal: controller.signal })[
      Symbol.asyncIterator
    ]();
    const waiting = reader.next();
    await latch.awaitArrivals(1);
    controller.abort(7);
    assert.equal(await catchReason(waiting), 7);
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
  });

  it('while the task is in an endless loop', async () => {
    const latch = new Latch();
    const controller = new AbortController();
    const items = [0, 1, 2, 3].map((value) => ({ cells: latch.cells, value }));
    const results = parallelMapSettled(items, spin, { pool, signal: controller.signal, chunkSize: 1 });
    await latch.awaitArrivals(2);
    controller.abort('stop it');
    assert.equal(await catchReason(results), 'stop it');
    assert.equal(latch.arrived, 2);
    assert.deepEqual(await parallelMap([1, 2], echo<number>, { pool }), [1, 2]);
  });

  for (const file of ['awaits-for-ever', 'loops-for-ever']) {
    it(`while a module is imported that ${file.replaceAll('-', ' ')}`, async () => {
      const own = new Pool({ workers: 1 });
      try {
        const url = new URL(`../../fixtures/tasks/loading/${file}.js`, import.meta.url);
        const controller = new AbortController();
        const results = parallelMap([1, 2], importTasks<Loading>(url).parse, {
          pool: own,
          signal: controller.signal,
        });
        setTimeout(() => controller.abort('no more'), 100);
        assert.equal(await catchReason(results), 'no more');
        assert.deepEqual(await parallelMap([1, 2], echo<number>, { pool: own }), [1, 2]);
      } finally {
        await own.close();
      }
    });
  }
});

describe('an abort asks first', () => {
  it('a busy loop that reads context.aborted', async () => {
    const latch = new Latch();
    const controller = new AbortController();
    const patient = new Pool({ workers: 1, grace: 60_000 });
    try {
      const options = { pool: patient, signal: controller.signal };
      const results = parallelMap([{ cells: latch.cells, value: 0 }], spinUntilAborted, options);
      await latch.awaitArrivals(1);
      controller.abort();
      await assert.rejects(results, { name: 'AbortError' });
      assert.equal(Atomics.load(latch.cells, 1), 1, 'the task was stopped instead of being told');
    } finally {
      await patient.close();
    }
  });

  it('a task that waits for context.signal', async () => {
    const latch = new Latch();
    const controller = new AbortController();
    const patient = new Pool({ workers: 1, grace: 60_000 });
    try {
      const options = { pool: patient, signal: controller.signal };
      const results = parallelMap([{ cells: latch.cells, value: 0 }], waitForSignal, options);
      await latch.awaitArrivals(1);
      controller.abort();
      await assert.rejects(results, { name: 'AbortError' });
      assert.equal(Atomics.load(latch.cells, 1), 1, 'the task was stopped instead of being told');
    } finally {
      await patient.close();
    }
  });
});

describe('the signal', () => {
  it('has one listener, whatever the number of items, and none after the call', async () => {
    const { signal } = new AbortController();
    const counts = new Set<number>();
    const onProgress = (): void => void counts.add(getEventListeners(signal, 'abort').length);
    const items = makeNumbers(2000, 1);
    await parallelMap(items, mix, { pool, signal, chunkSize: 10, onProgress });
    for await (const _ of parallelMapIterable(items, mix, { pool, signal })) onProgress();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    // At the last progress of a call the listener may be gone already.
    assert.ok([...counts].every((count) => count <= 1) && counts.has(1));
  });

  it('has no listener after a failure, or after the reader has left', async () => {
    const { signal } = new AbortController();
    await assert.rejects(parallelMap([1, -1], throwIfNegative, { pool, signal }));
    for await (const _ of parallelMapIterable([1, 2, 3], echo<number>, { pool, signal })) break;
    await parallelMapSettled([-1], throwIfNegative, { pool, signal });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('may serve many calls at once, without a warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    try {
      const { signal } = new AbortController();
      const calls = Array.from({ length: 50 }, (_, index) => parallelMap([index], double, { pool, signal }));
      assert.deepEqual(
        await Promise.all(calls),
        calls.map((_, index) => [index * 2]),
      );
      await new Promise(setImmediate);
      assert.deepEqual(warnings, []);
    } finally {
      process.off('warning', listen);
    }
  });

  it('does nothing when it fires after the end', async () => {
    const controller = new AbortController();
    const results = await parallelMap([1, 2], double, { pool, signal: controller.signal });
    controller.abort();
    assert.deepEqual(results, [2, 4]);
  });
});
