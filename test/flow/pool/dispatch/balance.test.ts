import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { captureContext } from '../../../../src/async/async-context.ts';
import { Balance } from '../../../../src/flow/pool/dispatch/balance.ts';
import { StrayLog } from '../../../../src/flow/failure/stray-log.ts';
import { WorkerSession } from '../../../../src/flow/pool/session/worker-session.ts';
import type { Work } from '../../../../src/flow/work/work.ts';
import { claimItems } from '../../../../src/wire/slots/slot.ts';
import { FakeHost, type FakeWorker } from '../../../harness/wire/fake-host.ts';

let time = 1000;
let host: FakeHost;
let sessions: WorkerSession[];
let balance: Balance;

beforeEach(() => {
  mock.method(performance, 'now', () => time);
  mock.timers.enable({ apis: ['setTimeout'] });
  host = new FakeHost(2);
  const nothing = (): void => {};
  const events = {
    onRoom: nothing,
    onBlocked: nothing,
    onStart: nothing,
    onUnstarted: nothing,
    onEnd: nothing,
  };
  const terms = { importTimeout: 1000, startTimeout: 60_000, recycle: undefined };
  sessions = [new WorkerSession(host, terms, events), new WorkerSession(host, terms, events)];
  const pool = {
    sessions,
    mayOpen: () => false,
    openSession: () => assert.fail('opened'),
    fill: () => balance.level(),
  };
  balance = new Balance(pool);
});
afterEach(() => {
  balance.stop();
  mock.timers.reset();
  mock.restoreAll();
});

/** @param service - What one of its items takes, in ms, as far as is known. */
function workOf(service: number | undefined): Work {
  const nothing = (): void => {};
  return {
    terms: {
      definition: { kind: 'reference', url: 'file:///none.js', name: 'none' },
      taskId: 1,
      workers: 2,
      timeout: undefined,
      limitOf: () => undefined,
      service,
    },
    isUnloadable: false,
    isAwaited: true,
    isOver: false,
    enter: captureContext(),
    strays: new StrayLog(captureContext()),
    nextChunk: () => undefined,
    giveBack: nothing,
    answered: nothing,
    refused: nothing,
    unreadable: nothing,
    lost: nothing,
    unstarted: nothing,
    heldUp: nothing,
    audit: nothing,
    fail: nothing,
    cutOff: nothing,
  };
}

function send(items: readonly unknown[], service: number | undefined): void {
  const chunk = { index: 0, items, attempt: 1, losses: 0, isSole: false };
  (sessions[0] as WorkerSession).send(workOf(service), chunk);
}

/** Lists how many items each worker was sent, chunk by chunk. */
const sent = (): number[][] => host.workers.map(({ chunks }) => chunks.map(({ count }) => count));

for (const [known, service] of [
  ['how long an item takes is not known', undefined],
  ['an item is long', 1000],
] as const) {
  describe(`while ${known}, an idle worker`, () => {
    it('leaves the one item of a chunk to the worker that was just sent it', () => {
      send([1], service);
      balance.level();
      assert.deepEqual(sent(), [[1], []]);
    });

    it('takes it when that one has not begun it a moment later', () => {
      send([1], service);
      balance.level();
      time += 5;
      mock.timers.tick(5);
      assert.deepEqual(sent(), [[1], [1]]);
    });

    it('takes half of the items behind the first at once', () => {
      send([1, 2, 3, 4, 5], service);
      balance.level();
      assert.deepEqual(sent(), [[5], [2]]);
    });

    it('takes half of all that has not begun, once something has', () => {
      send([1, 2, 3, 4, 5], service);
      const [first] = host.workers as [FakeWorker];
      assert.equal(claimItems(first.slots, 0, 0, 1), 1);
      balance.level();
      assert.deepEqual(sent(), [[5], [2]]);
    });

    it('takes a chunk that waits behind another', () => {
      send([1], service);
      const [first] = host.workers as [FakeWorker];
      assert.equal(claimItems(first.slots, 0, 0, 1), 1);
      send([2], service);
      balance.level();
      assert.deepEqual(sent(), [[1, 1], [1]]);
    });
  });
}
