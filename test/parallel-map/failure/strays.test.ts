import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { parallelMapSettled, type RunSummary, type Settled, TaskError } from 'telar';
import { createDeferred } from '../../../src/async/deferred.ts';
import { census } from '../../census.ts';
import { getThread } from '../../fixtures/tasks/computes.ts';
import {
  leaveError,
  leaveErrorAndWait,
  leaveErrorThenOthersWait,
  leaveLater,
  type Leaving,
  throwInAwaitedTimer,
  waitSome,
} from '../../fixtures/tasks/leaves-errors.ts';
import { until } from '../../harness/latch.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
const usedWorker = usePool({ workers: 1 });

interface Observed {
  readonly outcomes: Settled<number>[];
  readonly summary: RunSummary;
  readonly warnings: readonly Error[];
}

function makeItems(leaves: NonNullable<Leaving['leaves']>, count = 12): Leaving[] {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  return Array.from({ length: count }, (_, value) =>
    value === 3 ? { leaves, cells, value } : { cells, value },
  );
}

async function observe(
  items: readonly Leaving[],
  task: (item: Leaving) => number | Promise<number>,
): Promise<Observed> {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listen);
  try {
    let summary: RunSummary | undefined;
    const outcomes = await parallelMapSettled<Leaving, number | Promise<number>>(items, task, {
      pool,
      onSummary: (given) => (summary = given),
    });
    // Warnings are emitted in the next turn.
    await new Promise(setImmediate);
    assert.ok(summary !== undefined);
    // What the call before it has left behind may come as late as now.
    const own = warnings.filter(({ message }) => !message.includes('of a call that is over'));
    return { outcomes: outcomes as Settled<number>[], summary, warnings: own };
  } finally {
    process.off('warning', listen);
  }
}

/** Resolves with the first warning of this text, which may be all that is still to come. */
async function awaitWarning(text: RegExp): Promise<void> {
  let hasCome = false;
  const listen = ({ message }: Error): void => void (hasCome ||= text.test(message));
  process.on('warning', listen);
  await until(() => hasCome);
  process.off('warning', listen);
}

describe('an error that an item leaves behind', () => {
  for (const leaves of ['timer', 'rejection'] as const) {
    it(`in a forgotten ${leaves} is blamed on nobody, and told with the item that left it`, async () => {
      const { outcomes, summary, warnings } = await observe(makeItems(leaves), leaveErrorAndWait);
      // The item that left it still waits for something else: then the error is its own.
      const innocent = outcomes.filter(({ index }) => index !== 3);
      assert.ok(innocent.every(({ status }) => status === 'fulfilled'));
      const own = outcomes[3];
      if (own?.status === 'rejected') {
        assert.match(own.reason.message, /left by 3/);
        assert.equal(summary.strays, 0);
      } else {
        assert.equal(summary.strays, 1);
        assert.match(
          warnings[0]?.message ?? '',
          /^Item 3 left an error behind that nobody caught: Error: left by 3$/,
        );
      }
    });

    it(`in a forgotten ${leaves} of a task that has returned never fails an item`, async () => {
      const items = makeItems(leaves, 500);
      // The error may come behind the end of the call, and is not to be taken for one of the next test.
      const told = awaitWarning(/left by 3/);
      const { outcomes } = await observe(items, leaveError);
      await told;
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value),
        items.map(({ value }) => value),
      );
    });
  }

  it('is told as a warning with the name of its own, and the error as its cause', async () => {
    const [leaving, ...others] = makeItems('rejection').slice(3);
    assert.ok(leaving !== undefined);
    const { outcomes, summary, warnings } = await observe([leaving, ...others], leaveErrorThenOthersWait);
    assert.ok(outcomes.every(({ status }) => status === 'fulfilled'));
    assert.equal(summary.strays, 1);
    assert.equal(warnings.length, 1);
    assert.equal(warnings[0]?.name, 'TelarStrayError');
    assert.match(warnings[0]?.message, /^Item 0 left an error behind/);
    assert.deepEqual(warnings[0]?.cause, new Error('left by 3'));
  });

  it('never ends the worker', async () => {
    const before = new Set(await threads());
    await observe(makeItems('timer', 100), leaveErrorAndWait);
    assert.deepEqual(new Set(await threads()), before);
  });
});

describe('an error of one of two calls', () => {
  it('is told of that call, though an item of the other with the same index waits', async () => {
    const one = usedWorker;
    const strays: Record<string, number> = {};
    const gate = createDeferred();
    const hasLeft = createDeferred();
    const warned = once(process, 'warning');
    const source = (async function* () {
      yield 0;
      await gate.promise;
    })();
    const leaving = parallelMapSettled(source, leaveLater, {
      pool: one,
      onProgress: () => hasLeft.resolve(),
      onSummary: (summary) => (strays['leaving'] = summary.strays),
    });
    await hasLeft.promise;
    const waiting = await parallelMapSettled([0], waitSome, {
      pool: one,
      onSummary: (summary) => (strays['waiting'] = summary.strays),
    });
    await warned;
    gate.resolve();
    await leaving;
    assert.equal(waiting[0]?.status, 'fulfilled');
    assert.deepEqual(strays, { leaving: 1, waiting: 0 });
  });
});

describe('an error in a timer of the item that is still awaited', () => {
  it('fails that very item', async () => {
    const { outcomes, summary } = await observe(makeItems('own-timer'), throwInAwaitedTimer);
    for (const outcome of outcomes) {
      if (outcome.index !== 3) {
        assert.equal(outcome.status, 'fulfilled');
        continue;
      }
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskError);
      assert.match(outcome.reason.message, /^Item 3 failed: Error: thrown by the timer of 3$/);
    }
    assert.equal(summary.strays, 0);
    assert.equal(summary.failed, 1);
  });
});

async function threads(): Promise<number[]> {
  const seen = new Set<number>();
  const outcomes = await parallelMapSettled(Array.from({ length: 100 }), getThread, { pool, chunkSize: 1 });
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') seen.add(outcome.value);
  return [...seen];
}
