import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { Channel, Mutex, Semaphore } from 'telar/memory';
import { spawn } from 'telar';
import { census } from '../census.ts';

census();

const WAITS = 20;
const reason = new Error('enough');

describe('a signal that many waits share', () => {
  it('has one listener, so that Node warns of no leak, and ends them all', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const mutex = new Mutex();
    const held = await mutex.lock();
    const semaphore = new Semaphore(1);
    const permit = await semaphore.acquire();
    const channel = new Channel<number>({ capacity: 1 });
    const waits = Array.from({ length: WAITS }, () => [
      mutex.lock({ signal }),
      semaphore.acquire({ signal }),
      channel.receive({ signal }),
    ]).flat();
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    controller.abort(reason);
    for (const ended of await Promise.allSettled(waits))
      assert.deepEqual(ended, { status: 'rejected', reason });
    held.release();
    permit.release();
    channel.close();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('has one for all objects on threads of their own', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const objects = await Promise.all(
      [1, 2].map(() => spawn(() => ({ wait: () => new Promise(() => {}) }), [], { signal })),
    );
    const calls = objects.map((object) => object.wait());
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    controller.abort(reason);
    for (const ended of await Promise.allSettled(calls))
      assert.deepEqual(ended, { status: 'rejected', reason });
    await Promise.all(objects.map((object) => spawn.close(object)));
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});
