import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parallelMap, parallelMapSettled, Pool, TaskError, TaskTimeoutError, WorkerError } from 'telar';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { needsPosix } from '../harness/posix.ts';
import { echo } from '../fixtures/tasks/computes.ts';
import { type Crash, crashes, crashIfNamed, type Hog, hogIfNamed, hogs } from '../fixtures/tasks/crashes.ts';
import { neverReturns, neverSettles } from '../fixtures/tasks/never-returns.ts';

let pool: Pool;
beforeEach(() => {
  const resourceLimits = { maxOldGenerationSizeMb: 48 };
  pool = new Pool({ isolate: 'process', workers: 2, memory: 400 * 1024 * 1024, resourceLimits });
});
// This hook runs before the census counts.
afterEach(() => pool.close());
census();

const ends: Readonly<Record<Crash, RegExp>> = {
  'a fault in native code': /^Item 3 failed: the worker crashed \(Error: its process was ended by SIGSEGV\)/,
  'an abort': /^Item 3 failed: the worker crashed \(Error: its process was ended by SIGABRT\)/,
  'kill -9': /^Item 3 failed: the worker crashed \(Error: its process was ended by SIGKILL\)/,
  'process.exit': /^Item 3 failed: the worker exited with code 7/,
};

/** Memory runs out in the heap, in steps and in one, and outside of it. */
const SOME_HOGS: readonly Hog[] = ['objects', 'buffers'];

/** Processes end by a signal, or by themselves. */
const SOME_CRASHES: readonly Crash[] = ['a fault in native code', 'process.exit'];

describe('in a process of its own', () => {
  for (const crash of sample(SOME_CRASHES, Object.keys(crashes) as Crash[])) {
    const options = crash === 'process.exit' ? {} : needsPosix('ends by signals');
    for (const chunkSize of sample([undefined], [1, 4, undefined])) {
      it(`${crash} fails its item alone, in chunks of ${chunkSize ?? 'any size'}`, options, async () => {
        const items = [1, 2, 3, crash, 5, 6, 7, 8];
        const outcomes = await parallelMapSettled(items, crashIfNamed, { pool, chunkSize });
        outcomes.forEach((outcome, index) => {
          if (index !== 3) {
            assert.ok(outcome.status === 'fulfilled');
            assert.equal(outcome.value, 2 * (items[index] as number));
            return;
          }
          assert.ok(outcome.status === 'rejected' && outcome.reason instanceof WorkerError);
          assert.match(outcome.reason.message, ends[crash]);
          assert.equal(outcome.reason.reason, crash === 'process.exit' ? 'exit' : 'crash');
          assert.equal(outcome.reason.attempts, 1);
        });
      });
    }
  }

  for (const hog of sample(SOME_HOGS, Object.keys(hogs) as Hog[])) {
    it(`memory that runs away fails its item alone: ${hog}`, async () => {
      const [one, two, three] = await parallelMapSettled([1, hog, 3], hogIfNamed, { pool });
      assert.deepEqual([one?.status, three?.status], ['fulfilled', 'fulfilled']);
      assert.ok(two?.status === 'rejected' && two.reason instanceof WorkerError);
      assert.equal(two.reason.reason, 'out-of-memory');
      assert.equal(two.reason.index, 1);
    });
  }

  it('an item is tried as often as it says, each time in a new process', async () => {
    const [outcome] = await parallelMapSettled(['an abort' as Crash], crashIfNamed, { pool, retries: 2 });
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof WorkerError);
    assert.equal(outcome.reason.attempts, 3);
  });

  for (const task of sample([neverReturns], [neverReturns, neverSettles])) {
    it(`an item that runs longer than its timeout fails alone: ${task.name}`, async () => {
      const outcomes = await parallelMapSettled([1, -1, 3, 4], task, { pool, timeout: 500 });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.ok(outcomes[1]?.status === 'rejected' && outcomes[1].reason instanceof TaskTimeoutError);
    });
  }

  it('what a task throws arrives with its class, cause and fields', async () => {
    const fail = (): never => {
      throw Object.assign(new RangeError('too far', { cause: 7 }), { code: 'E_FAR' });
    };
    const [outcome] = await parallelMapSettled([1], fail, { pool });
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof TaskError);
    assert.ok(outcome.reason.cause instanceof RangeError);
    assert.deepEqual(
      [
        outcome.reason.cause.message,
        outcome.reason.cause.cause,
        (outcome.reason.cause as Error & { code?: string }).code,
      ],
      ['too far', 7, 'E_FAR'],
    );
  });

  it('shared memory is refused where it stands: in an item, a result, or what a closure takes along', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const shared = /shared memory cannot be sent to a process: copy it, or run on threads/;
    await assert.rejects(
      parallelMap([{ cells }], ({ cells: { length } }) => length, { pool }),
      {
        name: 'CloneError',
        message:
          /^`item\.cells` of item 0 cannot cross to a worker: DataCloneError: shared memory cannot be sent/,
      },
    );
    await assert.rejects(
      parallelMap([1], () => cells.length, { pool }),
      shared,
    );
    await assert.rejects(
      parallelMap([1], () => new SharedArrayBuffer(8), { pool }),
      {
        name: 'CloneError',
        message: shared,
      },
    );
    // The neighbours of the item are not touched.
    const outcomes = await parallelMapSettled<unknown, unknown>([1, cells, 3], echo, { pool });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });
});
