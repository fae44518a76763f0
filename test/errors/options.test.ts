import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { csv, lines, ndjson, tail, toCsv, toLines, toNdjson } from 'telar/files';
import { download, pages } from 'telar/http';
import { gather, parallelMap, parallelMapIterable, parallelMapSettled, pipeline, Pool, spawn } from 'telar';
import { Channel, Mutex, parallelMapInto, parallelReduce, parallelSort, Semaphore } from 'telar/memory';
import { census } from '../census.ts';

census();

const echo = (n: number): number => n;
const numbers = new Float64Array(2);
const fold = { init: () => 0, step: (sum: number) => sum, merge: (sum: number) => sum };
class Model {}

/** Each call, with options as JavaScript lets them through. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  parallelMap: (options) => parallelMap([1], echo, options),
  parallelMapSettled: (options) => parallelMapSettled([1], echo, options),
  parallelMapIterable: (options) => parallelMapIterable([1], echo, options),
  'new Pool': (options) => new Pool(options),
  spawn: (options) => spawn(Model, [], options),
  gather: (options) => gather([], options),
  cpu: (options) => pipeline([1]).cpu(echo, options),
  io: (options) => pipeline([1]).io(echo, options),
  batch: (options) => pipeline([1]).batch(options),
  'pipeline.run': (options) => pipeline([1]).run(options),
  'pipeline.toArray': (options) => pipeline([1]).toArray(options),
  'pipeline.forEach': (options) => pipeline([1]).forEach(echo, options),
  'pipeline.iterate': (options) => pipeline([1]).iterate(options),
  parallelMapInto: (options) => parallelMapInto(numbers, numbers, echo, options),
  parallelReduce: (options) => parallelReduce(numbers, fold, options),
  parallelSort: (options) => parallelSort(numbers, options),
  lines: (options) => lines('absent', options),
  ndjson: (options) => ndjson('absent', options),
  csv: (options) => csv('absent', options),
  tail: (options) => tail('absent', options),
  toLines: (options) => toLines('absent', options),
  toNdjson: (options) => toNdjson('absent', options),
  toCsv: (options) => toCsv('absent', options),
  download: (options) => download('http://127.0.0.1:1', options),
  pages: (options) => pages('http://127.0.0.1:1', options),
};

/** Values of the wrong type, or out of range, one after the other. */
const wrong: readonly (readonly [call: string, options: unknown, name: 'TypeError' | 'RangeError'])[] = [
  ['parallelMap', { workers: 0 }, 'RangeError'],
  ['parallelMap', { workers: '4' }, 'TypeError'],
  ['parallelMap', { signal: new AbortController() }, 'TypeError'],
  ['parallelMap', { retries: -1 }, 'TypeError'],
  ['parallelMap', { retries: { retries: 1, delay: 'x' } }, 'TypeError'],
  ['parallelMap', { journal: 7 }, 'TypeError'],
  ['parallelMap', { journal: { path: './x', onMismatch: 'x' } }, 'TypeError'],
  ['parallelMap', { cost: 1 }, 'TypeError'],
  ['parallelMap', { pool: {} }, 'TypeError'],
  ['parallelMap', { timeout: NaN }, 'RangeError'],
  ['parallelMapIterable', { ordered: 'no' }, 'TypeError'],
  ['new Pool', { isolate: 'vm' }, 'TypeError'],
  ['new Pool', { memory: 1 }, 'RangeError'],
  ['new Pool', { resourceLimits: 7 }, 'TypeError'],
  ['spawn', { resourceLimits: { stackSizeMb: '4' } }, 'TypeError'],
  ['spawn', { instances: 0 }, 'RangeError'],
  ['spawn', { idempotent: true }, 'TypeError'],
  ['spawn', { restart: { max: 0 } }, 'RangeError'],
  ['cpu', { concurrency: 3 }, 'TypeError'],
  ['cpu', { name: 7 }, 'TypeError'],
  ['io', { rate: 0 }, 'TypeError'],
  ['batch', { size: 0 }, 'TypeError'],
  ['pipeline.toArray', { journal: './x' }, 'TypeError'],
  ['pipeline.iterate', { signals: true }, 'TypeError'],
  ['parallelSort', { retries: 1 }, 'TypeError'],
  ['csv', { delimiter: 'ab' }, 'TypeError'],
  ['lines', { compression: 'rar' }, 'TypeError'],
  ['toLines', { compression: 'rar' }, 'TypeError'],
  ['tail', { from: 'middle' }, 'TypeError'],
  ['download', { as: 'xml' }, 'TypeError'],
  ['pages', { items: 1 }, 'TypeError'],
];

async function check(call: string, options: unknown, name?: string): Promise<void> {
  await assert.rejects(
    async () => await calls[call]?.(options as never),
    (error: Error & { code?: string }) => {
      assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
      if (name !== undefined) assert.equal(error.name, name, error.message);
      assert.equal(error.code, 'ERR_TELAR_OPTION', error.message);
      return true;
    },
  );
}

describe('the error of an option has the code ERR_TELAR_OPTION', () => {
  for (const call of Object.keys(calls)) {
    it(`of one that is unknown: ${call}`, () => check(call, { nonsense: 1 }));
    if (call !== 'batch') it(`of options that are none: ${call}`, () => check(call, 7));
  }

  for (const [call, options, name] of wrong) {
    it(`of a value that is wrong: ${call}, ${JSON.stringify(options)}`, () => check(call, options, name));
  }

  it('in telar/memory', async () => {
    const code = { code: 'ERR_TELAR_OPTION' };
    assert.throws(() => new Semaphore(0), code);
    assert.throws(() => new Channel({ nonsense: 1 } as never), code);
    await assert.rejects(new Mutex().lock({ signal: 7 } as never), code);
  });
});
