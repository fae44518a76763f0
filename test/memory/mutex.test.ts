import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapSettled, Pool, spawn, WorkerError } from 'telar';
import { LockLostError, Mutex } from 'telar/memory';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Latch } from '../harness/latch.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool({ workers: 3 });

describe('Mutex', () => {
  it('lets one thread in at a time, whether it blocks or awaits', async () => {
    const mutex = new Mutex();
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const enter = async (item: number): Promise<void> => {
      using _held = item % 2 === 0 ? mutex.lockSync() : await mutex.lock();
      const inside = Atomics.add(cells, 1, 1);
      // No atomic step: without the lock some are lost.
      const before = cells[0] as number;
      for (let turn = 0; turn < 1000; turn++) Atomics.load(cells, 0);
      cells[0] = before + 1;
      Atomics.sub(cells, 1, 1);
      if (inside !== 0) throw new Error(`${inside} others were inside.`);
    };
    const items = Array.from({ length: 500 }, (_, at) => at);
    const own = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn++) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other.
        const held = await mutex.lock();
        cells[0] = (cells[0] as number) + 1;
        held.release();
      }
    };
    await Promise.all([parallelMap(items, enter, { pool, chunkSize: 5 }), own()]);
    assert.equal(cells[0], 550);
  });

  it('leaves the main thread free while a worker holds it', async () => {
    const mutex = new Mutex();
    const latch = new Latch();
    const { cells } = latch;
    const holding = parallelMap(
      [0],
      () => {
        const held = mutex.lockSync();
        Atomics.add(cells, 0, 1);
        Atomics.wait(cells, 1, 0);
        held.release();
      },
      { pool },
    );
    await latch.awaitArrivals(1);
    let isLocked = false;
    const locking = mutex.lock().then((held) => {
      isLocked = true;
      held.release();
    });
    assert.equal(mutex.tryLock(), undefined);
    assert.throws(() => mutex.lockSync(), /would block the main thread.*await …lock\(\)/s);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isLocked, false);
    latch.open();
    await Promise.all([holding, locking]);
    assert.ok(isLocked);
  });

  it('tells one of those who wait that the holder has died, and is free then', async () => {
    const mutex = new Mutex();
    const latch = new Latch();
    const { cells } = latch;
    const items = ['dies', 'waits', 'waits'];
    const running = parallelMapSettled(
      items,
      (item) => {
        if (item === 'waits') {
          while (Atomics.load(cells, 0) === 0) Atomics.wait(cells, 0, 0);
          try {
            mutex.lockSync().release();
            return 'locked';
          } catch (error) {
            return (error as Error).name;
          }
        }
        mutex.lockSync();
        Atomics.add(cells, 0, 1);
        Atomics.notify(cells, 0);
        Atomics.wait(cells, 1, 0);
        process.exit(3);
      },
      { pool, chunkSize: 1 },
    );
    await latch.awaitArrivals(1);
    const waiting = mutex.lock().then(
      (held) => (held.release(), 'locked'),
      (error: Error) => error.name,
    );
    latch.open();
    const [died, ...others] = await running;
    assert.ok(died?.status === 'rejected' && died.reason instanceof WorkerError);
    const ends = [await waiting, ...others.map((other) => other.status === 'fulfilled' && other.value)];
    assert.deepEqual(
      ends.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      ['LockLostError', 'locked', 'locked'],
    );
    mutex.tryLock()?.release();
  });

  it('tells also those who only try, and whoever comes when the holder is long dead', async () => {
    for (const ask of [
      async (mutex: Mutex) => {
        for (;;) {
          if (mutex.tryLock() !== undefined) return;
          // oxlint-disable-next-line no-await-in-loop -- until the end of the thread is known.
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
      (mutex: Mutex) => mutex.lock(),
    ]) {
      const mutex = new Mutex();
      const die = (): void => {
        mutex.lockSync();
        process.exit(1);
      };
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await parallelMapSettled([0], die, { pool });
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      assert.ok((await catchReason(ask(mutex))) instanceof LockLostError);
      assert.ok(mutex.tryLock() !== undefined);
    }
  });

  it('tells of a holder whose thread ended with the one that had started it', async () => {
    const mutex = new Mutex();
    const latch = new Latch();
    const { cells } = latch;
    const remote = await spawn(() => ({
      start(own: Mutex): void {
        const hold = (): void => {
          own.lockSync();
          Atomics.add(cells, 0, 1);
          Atomics.wait(cells, 1, 0);
        };
        // A thread of the thread's own, which nobody here sees.
        void parallelMap([0], hold, { pool: new Pool({ workers: 1 }) });
      },
      end: () => process.exit(0),
    }));
    await remote.start(mutex);
    await latch.awaitArrivals(1);
    assert.equal(mutex.tryLock(), undefined);
    await assert.rejects(async () => remote.end(), { name: 'WorkerError' });
    await spawn.close(remote);
    await assert.rejects(mutex.lock(), LockLostError);
    (await mutex.lock()).release();
  });

  it('is refused where there is no memory to share: in processes', async () => {
    const mutex = new Mutex();
    await using processes = new Pool({ workers: 1, isolate: 'process' });
    const take = (item: { readonly mutex: Mutex } | number): boolean => typeof item === 'object';
    const message = /shared memory/;
    await assert.rejects(parallelMap([{ mutex }], take, { pool: processes }), {
      name: 'CloneError',
      message,
    });
    const held = parallelMap([1], () => mutex.tryLock(), { pool: processes });
    await assert.rejects(held, { message });
  });

  it('stops waiting with the signal', async () => {
    const mutex = new Mutex();
    const held = await mutex.lock();
    const controller = new AbortController();
    const waiting = mutex.lock({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    assert.equal(await catchReason(waiting), reason);
    assert.equal(await catchReason(mutex.lock({ signal: AbortSignal.abort(reason) })), reason);
    held.release();
    held.release();
    const next = await mutex.lock();
    held.release();
    assert.equal(mutex.tryLock(), undefined, 'a hold that was released opens nothing');
    next.release();
    await assert.rejects(mutex.lock({ signal: 1 as never }), { name: 'TypeError' });
  });

  it('throws where a thread would wait for itself', async () => {
    const mutex = new Mutex();
    const ask = (): unknown => {
      using _held = mutex.lockSync();
      return mutex.lockSync();
    };
    await assert.rejects(parallelMap([0], ask, { pool }), /would wait for itself/);
    mutex.tryLock()?.release();
  });
});
