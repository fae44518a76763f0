import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import {
  CaptureError,
  CloneError,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  pipeline,
  Pool,
  spawn,
} from '../../src/index.ts';
import { sharedPool } from '../../src/flow/pool/pool.ts';
import { parallelMapInto, parallelReduce } from '../../src/entries/memory.ts';
import { census } from '../census.ts';
import { catchReason, collect } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';

// The loop of a pipeline takes no pool: it has the shared one.
census({ settle: () => sharedPool().close() });
const pool = usePool(undefined, { Pool, parallelMap });
const here = fileURLToPath(import.meta.url);

const open = process.stdin;
const useOpen = (): number => open.fd;
const sink = new Float64Array(4);

/** Calls that are refused, in every form. */
const refused: readonly [form: string, call: () => Promise<unknown>][] = [
  ['parallelMap', () => parallelMap([1], useOpen, { pool })],
  ['parallelMapSettled', () => parallelMapSettled([1], useOpen, { pool })],
  ['parallelMapIterable', () => collect(parallelMapIterable([1], useOpen, { pool }))],
  ['pipeline', () => pipeline([1]).cpu(useOpen).toArray({ pool })],
  ['pipeline.run', () => pipeline([1]).cpu(useOpen).run({ pool })],
  ['pipeline.reduce', () => pipeline([1]).reduce({ init: useOpen, step: useOpen, merge: useOpen }, { pool })],
  ['pipeline.topK', () => pipeline([1]).topK(1, useOpen, { pool })],
  ['iterate', () => collect(pipeline([1]).cpu(useOpen).iterate({ pool }))],
  ['for await', () => readAll(pipeline([1]).cpu(useOpen))],
  ['parallelMapInto', () => parallelMapInto(sink, sink, useOpen, { pool })],
  ['parallelReduce', () => parallelReduce(sink, { init: useOpen, step: useOpen, merge: useOpen }, { pool })],
  ['spawn', () => spawn(() => ({ fd: open.fd }))],
];

async function readAll(results: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of results);
}

function findFirstFrame(error: Error): string {
  return error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? 'no frame';
}

describe('a CaptureError', () => {
  for (const [form, call] of refused) {
    it(`begins with the line of the call, and is printed once: ${form}`, async () => {
      const error = await catchReason(call());
      assert.ok(error instanceof CaptureError);
      assert.ok(findFirstFrame(error).includes(here), error.stack);
      const printed = inspect(error);
      assert.ok(!printed.includes('[cause]'), printed);
      assert.equal(printed.split('cannot travel to a worker').length, 2, printed);
      assert.equal(printed.split(error.fix).length, 2, printed);
      assert.deepEqual(
        Object.keys(error).filter((key) => key !== 'name'),
        [],
      );
      const { message, path, reason, fix } = error;
      assert.deepEqual(JSON.parse(JSON.stringify(error)), {
        name: 'CaptureError',
        message,
        path,
        reason,
        fix,
      });
    });
  }
});

describe('a CloneError', () => {
  it('begins with the line of the call, and is printed once', async () => {
    const close = (): void => {};
    class Service {
      take(value: unknown): string {
        return typeof value;
      }
      give(): unknown {
        return { deep: () => {} };
      }
    }
    await using service = await spawn(Service);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => parallelMap([{ close }], (item) => item, { pool }),
      () => parallelMap([1], () => () => {}, { pool }),
      () =>
        pipeline([{ close }])
          .cpu((item) => item)
          .toArray({ pool }),
      () => service.take({ deep: { close } }),
      () => service.give(),
    ];
    for (const call of calls) {
      const error = await catchReason(call());
      assert.ok(error instanceof CloneError);
      assert.ok(findFirstFrame(error).includes(here), error.stack);
      const printed = inspect(error);
      assert.equal(printed.split('it is a function').length, 2, printed);
      assert.ok(!printed.includes('[cause]') && !printed.includes('path:'), printed);
      const json = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
      assert.deepEqual([json['path'], json['reason'], json['fix']], [error.path, error.reason, error.fix]);
      assert.equal(json['index'], error.index);
      assert.ok(error.message.includes(error.reason) && error.message.endsWith(error.fix));
    }
  });
});

describe('a message', () => {
  it('is a sentence also where it is about a property of the task', async () => {
    class Mocks {
      last = 1;
      make(): (x: number) => number {
        const mock = (x: number): number => x;
        return Object.assign(mock, { latest: () => this.last });
      }
    }
    const error = await catchReason(parallelMap([1], new Mocks().make(), { pool }));
    assert.match(String(error), /`mock` cannot travel to a worker: its `\.latest` uses `this` /);
  });

  it('ends its sentences with one full stop', async () => {
    const items = [new Proxy({}, {}), new WeakMap(), Promise.reject(new Error('It failed.'))];
    const outcomes = await parallelMapSettled(items, (item) => item, { pool });
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected');
      assert.doesNotMatch(outcome.reason.message, /\.\.|\. \./);
    }
  });
});
