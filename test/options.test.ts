import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled, Pool } from 'telar';
import {
  type IterableOptions,
  type MapOptions,
  takeIterableOptions,
  takeMapOptions,
} from '../src/options/call-options.ts';
import { resolveRetries } from '../src/options/retries.ts';
import { type PoolOptions, takePoolOptions } from '../src/options/pool-options.ts';
import { TelarError } from '../src/errors/telar-error.ts';
import { census } from './census.ts';
import { double } from './fixtures/tasks/computes.ts';

census();

type Options = Readonly<Record<string, unknown>>;
type Case = readonly [options: Options, name: 'TypeError' | 'RangeError', message: RegExp];

const checkMap = (options: Options): object => takeMapOptions(options as MapOptions<never>);
const checkIterable = (options: Options): object => takeIterableOptions(options as IterableOptions);
const checkPool = (options: Options): object => takePoolOptions(options as PoolOptions);

const counts = (name: string): Case[] => [
  [{ [name]: 0 }, 'RangeError', new RegExp(`\`${name}\` to be a whole number from 1, got the number 0`)],
  [{ [name]: -1 }, 'RangeError', /got the number -1/],
  [{ [name]: 1.5 }, 'RangeError', /got the number 1\.5/],
  [{ [name]: Number.NaN }, 'RangeError', /got the number NaN/],
  [{ [name]: Infinity }, 'RangeError', /got the number Infinity/],
  [{ [name]: '4' }, 'TypeError', /got the string "4"/],
  [{ [name]: null }, 'TypeError', /got null/],
  [{ [name]: 2n }, 'TypeError', /got the bigint 2n/],
];

const milliseconds = (name: string, least: number): Case[] => [
  [{ [name]: least - 1 }, 'RangeError', new RegExp(`\`${name}\` to be milliseconds from ${least}, got`)],
  [{ [name]: Number.NaN }, 'RangeError', /got the number NaN/],
  [{ [name]: 2 ** 31 }, 'RangeError', /got the number 2147483648/],
  [{ [name]: Infinity }, 'RangeError', /got the number Infinity/],
  [{ [name]: '1s' }, 'TypeError', /got the string "1s"/],
  [{ [name]: null }, 'TypeError', /got null/],
];

const bytes = (name: string, leastMb: number): Case[] => [
  [
    { [name]: leastMb },
    'RangeError',
    new RegExp(`\`${name}\` to be bytes from \\d+ \\(${leastMb} MB\\), got`),
  ],
  [{ [name]: Infinity }, 'RangeError', /got the number Infinity/],
  [{ [name]: Number.NaN }, 'RangeError', /got the number NaN/],
  [{ [name]: '1 GB' }, 'TypeError', /got the string "1 GB"/],
  [{ [name]: null }, 'TypeError', /got null/],
];

const ofCalls: readonly Case[] = [
  ...counts('workers'),
  ...counts('chunkSize'),
  ...milliseconds('timeout', 1),
  [{ retries: -1 }, 'TypeError', /`retries` to be a whole number from 0, or \{ retries, delay, when \}/],
  [{ retries: 1.5 }, 'TypeError', /got the number 1\.5/],
  [{ retries: '3' }, 'TypeError', /got the string "3"/],
  [{ retries: null }, 'TypeError', /got null/],
  [{ retries: {} }, 'TypeError', /got undefined/],
  [{ retries: { retries: -1 } }, 'TypeError', /got the number -1/],
  [{ retries: { retries: 1, delay: -1 } }, 'RangeError', /`retries\.delay` to be milliseconds from 0/],
  [{ retries: { retries: 1, delay: 'long' } }, 'TypeError', /got the string "long"/],
  [{ retries: { retries: 1, when: true } }, 'TypeError', /`retries\.when` to be a function/],
  [{ retries: { retries: 1, delays: 5 } }, 'TypeError', /Unknown option `delays`\. Did you mean `delay`\?/],
  [{ progress: 1 }, 'TypeError', /`progress` to be true or false, got the number 1/],
  [{ onProgress: true }, 'TypeError', /`onProgress` to be a function, got the boolean true/],
  [{ onSummary: {} }, 'TypeError', /`onSummary` to be a function, got an object/],
  [{ signal: new AbortController() }, 'TypeError', /AbortSignal, got an AbortController\. Pass its `signal`/],
  [{ signal: null }, 'TypeError', /AbortSignal, got null/],
];

const unknown: readonly (readonly [option: string, suggestion: string])[] = [
  ['concurrency', 'workers'],
  ['threads', 'workers'],
  ['maxWorkers', 'workers'],
  ['worker', 'workers'],
  ['Workers', 'workers'],
  ['batchSize', 'chunkSize'],
  ['chunksize', 'chunkSize'],
  ['timeOut', 'timeout'],
  ['abortSignal', 'signal'],
  ['signals', 'signal'],
  ['retry', 'retries'],
  ['onprogress', 'onProgress'],
];

describe('the options of a call', () => {
  for (const [options, name, message] of ofCalls) {
    it(`refuse ${Object.keys(options).join()}, ${String(message)}`, () => {
      assert.throws(() => checkMap(options), { name, message });
      assert.throws(() => checkIterable(options), { name, message });
    });
  }

  for (const [option, suggestion] of unknown) {
    it(`do not know \`${option}\`, and suggest \`${suggestion}\``, () => {
      const expected = {
        name: 'TypeError',
        message: `Unknown option \`${option}\`. Did you mean \`${suggestion}\`?`,
      };
      assert.throws(() => checkMap({ [option]: 1 }), expected);
      assert.throws(() => checkIterable({ [option]: 1 }), expected);
    });
  }

  it('name all that are known where nothing is close', () => {
    assert.throws(
      () => checkMap({ colour: 'red' }),
      /Unknown option `colour`\. Known options: workers, pool, .*cost\./,
    );
    assert.throws(() => checkMap({ ordered: false }), /Unknown option `ordered`/);
    assert.throws(() => checkIterable({ cost: () => 1 }), /Unknown option `cost`/);
  });

  it('must be an object', () => {
    for (const options of [null, 4, 'fast', true]) {
      assert.throws(() => checkMap(options as unknown as Options), {
        name: 'TypeError',
        message: /^Expected the options to be an object, got/,
      });
    }
  });

  it('refuse a pool together with a number of workers', () => {
    const pool = new Pool();
    assert.throws(() => checkMap({ pool, workers: 2 }), /Expected `pool` or `workers`, got both/);
  });

  it('of parallelMap and parallelMapSettled have a cost', () => {
    assert.throws(() => checkMap({ cost: 7 }), { name: 'TypeError', message: /`cost` to be a function/ });
  });

  it('of parallelMapIterable have an order', () => {
    for (const ordered of [0, 'no', null]) {
      assert.throws(() => checkIterable({ ordered }), {
        name: 'TypeError',
        message: /`ordered` to be true or false/,
      });
    }
  });

  it('may all be undefined', () => {
    const { signal } = new AbortController();
    checkMap({
      workers: undefined,
      pool: undefined,
      chunkSize: undefined,
      retries: undefined,
      cost: undefined,
    });
    checkMap({ signal: undefined, timeout: undefined, progress: undefined, onProgress: undefined });
    checkIterable({ ordered: undefined, onSummary: undefined, signal, retries: 0, timeout: 1 });
    takeMapOptions(undefined);
    takeIterableOptions(undefined);
    takePoolOptions(undefined);
  });

  it('are checked by the calls before anything starts', async () => {
    const bad = { chunkSize: 0 };
    await assert.rejects(parallelMap([1], double, bad), { name: 'RangeError' });
    await assert.rejects(parallelMapSettled([1], double, bad), { name: 'RangeError' });
    assert.throws(() => parallelMapIterable([1], double, bad), { name: 'RangeError' });
  });
});

describe('the options of a pool', () => {
  const cases: readonly Case[] = [
    ...counts('workers'),
    ...counts('maxItemsPerWorker'),
    ...bytes('memory', 64),
    ...bytes('maxMemoryPerWorker', 1),
    ...milliseconds('importTimeout', 1),
    ...milliseconds('grace', 0),
    [
      { startTimeout: 0 },
      'RangeError',
      /`startTimeout` to be milliseconds from 1, or Infinity .*, got the number 0/,
    ],
    [{ startTimeout: '5s' }, 'TypeError', /got the string "5s"/],
    [
      { isolate: 'fork' },
      'TypeError',
      /`isolate` to be 'thread', 'process' or 'suspects', got the string "fork"/,
    ],
    [{ isolate: null }, 'TypeError', /got null/],
    [{ resourceLimits: 512 }, 'TypeError', /`resourceLimits` to be an object such as .*, got the number 512/],
    [{ resourceLimits: null }, 'TypeError', /got null/],
    [{ resourceLimits: [512] }, 'TypeError', /to be an object such as/],
    [
      { resourceLimits: { maxOldGenerationSizeMB: 512 } },
      'TypeError',
      /Did you mean `maxOldGenerationSizeMb`\?/,
    ],
    [
      { resourceLimits: { stackSizeMb: '4' } },
      'TypeError',
      /`resourceLimits.stackSizeMb` to be megabytes above 0, got the string "4"/,
    ],
    [{ resourceLimits: { codeRangeSizeMb: -1 } }, 'RangeError', /got the number -1/],
    [{ resourceLimits: { maxYoungGenerationSizeMb: Number.NaN } }, 'RangeError', /got the number NaN/],
    [{ threads: 4 }, 'TypeError', /Did you mean `workers`\?/],
    [{ importTimeOut: 4 }, 'TypeError', /Did you mean `importTimeout`\?/],
  ];
  for (const [options, name, message] of cases) {
    it(`refuse ${Object.keys(options).join()}, ${String(message)}`, () => {
      assert.throws(() => checkPool(options), { name, message });
      assert.throws(() => new Pool(options as PoolOptions), { name, message });
    });
  }
});

describe('resolveRetries', () => {
  it('fills the defaults', () => {
    const error = new TelarError('failed');
    const none = resolveRetries(undefined);
    assert.equal(none.most, 0);
    const three = resolveRetries(3);
    assert.deepEqual([three.most, three.delay(1), three.when(error)], [3, 0, true]);
    const full = resolveRetries({ retries: 2, delay: (attempts) => attempts * 10, when: () => false });
    assert.deepEqual([full.most, full.delay(2), full.when(error)], [2, 20, false]);
    assert.equal(resolveRetries({ retries: 1, delay: 7 }).delay(1), 7);
  });
});
