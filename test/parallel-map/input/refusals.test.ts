import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Input, parallelMap, parallelMapIterable, parallelMapSettled, pipeline, spawn } from 'telar';
import { parallelMapInto, parallelReduce } from 'telar/memory';
import { census } from '../../census.ts';
import { double } from '../../fixtures/tasks/computes.ts';

census();

const refused: readonly [title: string, input: unknown, message: RegExp][] = [
  ['a string', 'text', /got the string "text".*\[\.\.\.text\]/],
  ['null', null, /got null\.$/],
  ['undefined', undefined, /got undefined\.$/],
  ['a number', 7, /got the number 7\.$/],
  ['a generator function', function* items() {}, /got the function items\. Call the generator function/],
  ['a plain object', {}, /got an object\.$/],
  ['a promise', Promise.resolve([1]), /Await it first/],
  ['a bare iterator', { next: () => ({ done: true }) }, /bare iterator/],
  ['an ArrayBuffer', new ArrayBuffer(8), /got an ArrayBuffer\.$/],
  ['a WeakSet', new WeakSet(), /got a WeakSet\.$/],
];

describe('an input that is refused at the call', () => {
  for (const [title, input, message] of refused) {
    it(title, async () => {
      const given = input as Input<number>;
      await assert.rejects(parallelMap(given, double), { name: 'TypeError', message });
      await assert.rejects(parallelMapSettled(given, double), { name: 'TypeError', message });
      assert.throws(() => parallelMapIterable(given, double), { name: 'TypeError', message });
    });
  }
});

describe('a task that is refused at the call', () => {
  for (const task of [undefined, null, 'double', [7], 7]) {
    it(JSON.stringify(task) ?? 'undefined', async () => {
      const given = task as unknown as typeof double;
      const expected = { name: 'TypeError', message: /^Expected the task to be a function/ };
      await assert.rejects(parallelMap([1], given), expected);
      await assert.rejects(parallelMapSettled([1], given), expected);
      assert.throws(() => parallelMapIterable([1], given), expected);
    });
  }

  it('leaves the input alone', async () => {
    let isOpened = false;
    const items: Iterable<number> = {
      [Symbol.iterator]() {
        isOpened = true;
        return [][Symbol.iterator]();
      },
    };
    await assert.rejects(parallelMap(items, null as unknown as typeof double));
    await assert.rejects(parallelMap(items, double, { chunkSize: 0 }));
    assert.equal(isOpened, false);
  });
});

describe("arguments in each other's place", () => {
  const items = [1, 2];
  const numbers = new Float64Array(2);
  const fold = {
    init: () => 0,
    step: (sum: number, n: number) => sum + n,
    merge: (a: number, b: number) => a + b,
  };
  class Model {}
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JavaScript lets through.
  const wrong = (value: unknown): never => value as never;
  const swapped: readonly [call: string, run: () => unknown, message: RegExp][] = [
    [
      'parallelMap',
      () => parallelMap(wrong(double), wrong(items)),
      /swapped: expected parallelMap\(input, task\), got the function double, then an array of 2\.$/,
    ],
    [
      'parallelMapSettled',
      () => parallelMapSettled(wrong(double), wrong(items)),
      /parallelMapSettled\(input, task\)/,
    ],
    [
      'parallelMapIterable',
      () => parallelMapIterable(wrong(double), wrong(items)),
      /parallelMapIterable\(input, task\)/,
    ],
    [
      'options before the task',
      () => parallelMap(items, wrong({ workers: 1 }), wrong(double)),
      /\(input, task, options\)/,
    ],
    [
      'parallelMapInto',
      () => parallelMapInto(numbers, wrong(double), wrong(numbers)),
      /\(target, source, fn\)/,
    ],
    ['parallelReduce', () => parallelReduce(wrong(fold), wrong(numbers)), /parallelReduce\(source, \{ init/],
    ['spawn', () => spawn(wrong([1]) as typeof Model, wrong(Model)), /spawn\(Model, \[arguments\]\)/],
    ['cpu', () => pipeline(items).cpu(wrong({ name: 'x' }), wrong(double)), /\.cpu\(function, options\)/],
    ['io', () => pipeline(items).io(wrong({ name: 'x' }), wrong(double)), /\.io\(function, options\)/],
    ['topK', () => pipeline(items).topK(wrong(double), wrong(1)), /\.topK\(count, by\)/],
    ['groupBy', () => pipeline(items).groupBy(wrong(fold), wrong(double)), /\.groupBy\(key, \{ init/],
  ];
  for (const [call, run, message] of swapped) {
    it(`are said to be: ${call}`, async () => {
      await assert.rejects(async () => await run(), { name: 'TypeError', message });
    });
  }
});
