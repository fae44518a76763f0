import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Input, parallelMap, parallelMapIterable, parallelMapSettled } from '../../../src/index.ts';
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
