/*
 * What comlink 4.4.2 does that `src/wire/remote/request-channel.ts` keeps from the users of `spawn`, each as small as it can be.
 * A test that fails tells of a comlink that does better: what the channel does about it can go then.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { expose, type Remote, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { census } from '../../census.ts';

census();

interface Exposed {
  hang(): Promise<never>;
  exit(): void;
  isPolluted(): boolean;
  fail(): never;
}

async function withWorker(run: (remote: Remote<Exposed>, worker: Worker) => Promise<void>): Promise<void> {
  const worker = new Worker(new URL('../../fixtures/upstream/comlink-worker.js', import.meta.url));
  try {
    await run(wrap<Exposed>(nodeEndpoint(worker)), worker);
  } finally {
    await worker.terminate();
  }
}

describe('comlink 4.4.2', () => {
  test('never settles a call whose worker has died', async () => {
    await withWorker(async (remote, worker) => {
      let settled = 0;
      const count = (): void => {
        settled++;
      };
      void Promise.resolve<unknown>(remote.hang()).then(count, count);
      void Promise.resolve(remote.exit()).then(count, count);
      await once(worker, 'exit');
      for (let turns = 0; turns < 10; turns++) await turn();
      // Can go with it: `#pending` and `end` of the channel.
      assert.equal(settled, 0);
    });
  });

  test('lets one side write the prototype of all objects of the other', async () => {
    await withWorker(async (remote) => {
      assert.equal(await remote.isPolluted(), false);
      const reached = (remote as unknown as { ['__proto__']: { polluted: boolean } })['__proto__'];
      reached.polluted = true;
      // Can go with it: packets that carry requests only, and `isReserved`.
      assert.equal(await remote.isPolluted(), true);
    });
  });

  test('loses the class and the code of errors', async () => {
    await withWorker(async (remote) => {
      const error = await Promise.resolve(remote.fail()).then(
        () => undefined,
        (thrown: unknown) => thrown as Error & { code?: string },
      );
      // Can go with it: outcomes as data.
      assert.equal(error?.name, 'RangeError');
      assert.equal(error instanceof RangeError, false);
      assert.equal(error?.code, undefined);
    });
  });

  test('answers nothing about why a result cannot be cloned', async () => {
    const { port1, port2 } = new MessageChannel();
    try {
      expose({ give: () => ({ deep: () => {} }) }, nodeEndpoint(port1));
      const remote = wrap<{ give(): unknown }>(nodeEndpoint(port2));
      // Can go with it: `#respond` of the channel.
      await assert.rejects(Promise.resolve(remote.give()), { message: 'Unserializable return value' });
    } finally {
      port1.close();
    }
  });

  test('closes the port of a proxy that was collected while its call was pending', async () => {
    const { port1, port2 } = new MessageChannel();
    try {
      let isReleased = false;
      port1.on('message', ({ type }: { type: string }) => {
        if (type === 'RELEASE') isReleased = true;
      });
      const pending = callAndForget(port2);
      const { gc } = globalThis;
      if (gc === undefined) await fillMemory(() => isReleased);
      else for (; !isReleased; await turn()) gc();
      // Can go with it: the proxy that each channel holds.
      assert.equal(isReleased, true);
      void pending;
    } finally {
      port1.close();
    }
  });
});

/** The caller keeps the promise of the call, and nothing else. */
function callAndForget(port: MessagePort): Promise<unknown> {
  return Promise.resolve(wrap<{ hang(): Promise<void> }>(nodeEndpoint(port)).hang());
}

/** Has garbage collected without being allowed to ask for it. */
async function fillMemory(isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    Array.from({ length: 100_000 }, () => ({}));
    await turn();
  }
}
