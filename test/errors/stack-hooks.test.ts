import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  CaptureError,
  parallelMap,
  parallelMapSettled,
  pipeline,
  type Remote,
  run,
  spawn,
  TaskError,
} from 'telar';
import { census } from '../census.ts';
import { double } from '../fixtures/tasks/computes.ts';
import { catchReason } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();

class Counter {
  count = 0;

  add(more: number): number {
    if (this.count + more < 0) throw new Error('No less.');
    return (this.count += more);
  }
}

let counter: Remote<Counter>;
before(async () => (counter = await spawn(Counter)));
after(() => spawn.close(counter));

/** Hooks that hosts and their libraries set, by what these make of a stack. */
const HOOKS: Readonly<Record<string, (error: Error, frames: readonly unknown[]) => unknown>> = {
  'gives the frames': (_, frames) => frames,
  'gives nothing': () => undefined,
  'gives an object': () => ({ frames: [] }),
  'gives frames that cannot be written': () => [Object.create(null), { toString: null }],
  throws: () => {
    throw new Error('This stack cannot be made.');
  },
};

const factor = 3;
const open = process.stdin;

describe('a host that makes stacks in its own way', () => {
  const descriptors = (['prepareStackTrace', 'stackTraceLimit'] as const).map(
    (name) => [name, Object.getOwnPropertyDescriptor(Error, name)] as const,
  );
  const restore = (): void => {
    for (const [name, own] of descriptors) {
      if (own === undefined) Reflect.deleteProperty(Error, name);
      else Object.defineProperty(Error, name, own);
    }
  };
  before(restore);
  afterEach(restore);
  after(restore);

  for (const [what, prepare] of Object.entries(HOOKS)) {
    it(`has its calls, and their errors: ${what}`, async () => {
      Object.defineProperty(Error, 'prepareStackTrace', {
        value: prepare,
        writable: true,
        configurable: true,
      });
      await tryAll();
    });
  }

  for (const [what, name, value] of [
    ['nobody else can set how', 'prepareStackTrace', undefined],
    ['no frames, and nobody can set how many', 'stackTraceLimit', 0],
  ] as const) {
    it(`has its calls, and their errors: ${what}`, async () => {
      Object.defineProperty(Error, name, { value, writable: false, configurable: true });
      await tryAll();
    });
  }

  it('has the place of a call in the error, made from the frames', async () => {
    Object.defineProperty(Error, 'prepareStackTrace', {
      value: HOOKS['gives the frames'],
      writable: true,
      configurable: true,
    });
    const error = await catchReason(parallelMap([1], () => open.fd, { pool }));
    restore();
    assert.match((error as Error).stack ?? '', /^CaptureError: .+\n +at .*stack-hooks\.test/s);
  });
});

async function tryAll(): Promise<void> {
  assert.deepEqual(await parallelMap([1, 2], double, { pool }), [2, 4]);
  assert.deepEqual(await parallelMap([1, 2], (n) => n * factor, { pool }), [3, 6]);
  assert.equal(await run((n: number) => n * factor, [2], { pool }), 6);
  assert.deepEqual(
    await pipeline([1, 2])
      .cpu((n) => n + factor)
      .toArray({ pool }),
    [4, 5],
  );
  const [settled] = await parallelMapSettled([1], () => fail('one'), { pool });
  assert.equal(settled?.status, 'rejected');
  const failed = await catchReason(parallelMap([1], () => fail('two'), { pool }));
  assert.ok(failed instanceof TaskError, String(failed));
  assert.equal((failed.cause as Error).message, 'two');
  assert.ok((await catchReason(parallelMap([1], () => open.fd, { pool }))) instanceof CaptureError);
  assert.equal(await counter.add(2), 2);
  assert.equal(((await catchReason(counter.add(-3))) as Error).message, 'No less.');
  assert.equal(await counter.add(-2), 0);
}

function fail(message: string): never {
  throw new Error(message);
}
