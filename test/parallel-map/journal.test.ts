import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type CallOptions,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  readJournal,
  skip,
  stop,
} from 'telar';
import { census } from '../census.ts';
import { countOn } from '../harness/count-resumed.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let folder: string;
let names = 0;

before(async () => {
  folder = await makeFolder('run-journal');
});

after(() => removeFolder(folder));
const makePath = (): string => join(folder, `${names++}.journal`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const count = countOn(pool);

describe('a call with a journal', () => {
  it('gives the same results the second time, and runs nothing', async () => {
    const journal = makePath();
    const items = range(1009);
    const square = (n: number): { n: number; square: number } => ({ n, square: n * n });
    const first = await count((options) => parallelMap(items, square, options), { journal });
    const second = await count((options) => parallelMap(items, square, options), { journal });
    assert.deepEqual(first.result, items.map(square));
    assert.deepEqual(second, { result: first.result, resumed: 1009, items: 1009 });
    const { isComplete, done, total, failed } = await readJournal(journal);
    assert.deepEqual(
      { isComplete, done, total, failed },
      { isComplete: true, done: 1009, total: 1009, failed: [] },
    );
  });

  it('brings back every kind of result exactly', async () => {
    const journal = makePath();
    const make = (kind: number): unknown =>
      [
        undefined, null, true, 'text', 'ünïcode 💧', 1.5, -0, NaN, Infinity, 12n,
        new Date(5), new Map([[1, { a: [1, undefined, 3] }]]), new Set(['a']), /x/gi, Float32Array.of(1, 2),
        new Uint8Array([1, 2, 3]), [[], {}], { __proto__: null, nested: { deep: [undefined] } }, new RangeError('no'),
      ][kind]; // prettier-ignore
    const kinds = range(19);
    const first = await parallelMap(kinds, make, { journal, pool, chunkSize: 3 });
    const second = await count((options) => parallelMap(kinds, make, options), { journal });
    assert.equal(second.resumed, 19);
    assert.deepEqual(second.result, first);
    assert.ok(Object.is(second.result[6], -0));
    assert.ok(second.result[14] instanceof Float32Array && second.result[18] instanceof RangeError);
  });

  it('keeps skip, stop and what generators yield', async () => {
    const journal = makePath();
    const task = function* (n: number): Generator<number | typeof skip | typeof stop> {
      if (n === 40) yield stop;
      if (n % 3 === 0) yield skip;
      else for (let i = 0; i < n % 3; i++) yield n * 10 + i;
    };
    const items = range(60);
    const first = await parallelMap(items, task, { journal, pool, chunkSize: 4 });
    const second = await count((options) => parallelMap(items, task, options), { journal });
    assert.deepEqual(second.result, first);
    assert.ok(first.every((n) => n < 400) && second.resumed >= 40);
  });

  it('runs what failed again, where the first failure ended it', async () => {
    const journal = makePath();
    const flag = makePath();
    const task = (n: number): number => {
      const { existsSync: exists } = process.getBuiltinModule('node:fs');
      if (n === 37 && !exists(flag)) throw Object.assign(new RangeError('not yet'), { code: 'E_YET' });
      return n + 1;
    };
    const run = (): Promise<number[]> => parallelMap(range(80), task, { journal, pool, chunkSize: 1 });
    await assert.rejects(run(), { name: 'TaskError', index: 37 });
    const { isComplete, failed } = await readJournal(journal);
    assert.equal(isComplete, false);
    assert.deepEqual(
      failed.map(({ index, attempts, name, code }) => ({ index, attempts, name, code })),
      [{ index: 37, attempts: 1, name: 'TaskError', code: 'E_YET' }],
    );
    await writeFile(flag, '');
    assert.deepEqual(
      await run(),
      range(80).map((n) => n + 1),
    );
    assert.deepEqual((await readJournal(journal)).failed, []);
  });

  it('runs items that are undefined again', async () => {
    const journal = makePath();
    const flag = makePath();
    const task = (_: undefined, index: number): number => {
      const { existsSync: exists } = process.getBuiltinModule('node:fs');
      if (index % 10 === 3 && !exists(flag)) throw new RangeError('not yet');
      return index;
    };
    const items = Array<undefined>(50).fill(undefined);
    const run = (options: CallOptions) => parallelMapSettled(items, task, options);
    await run({ journal, pool });
    await writeFile(flag, '');
    const { result, resumed } = await count(run, { journal: { path: journal, retryFailed: true } });
    assert.equal(resumed, 45);
    assert.deepEqual(
      result.map((outcome) => outcome.status === 'fulfilled' && outcome.value),
      range(50),
    );
  });

  it('keeps failures where they are outcomes, and retries them alone when asked to', async () => {
    const journal = makePath();
    const flag = makePath();
    const task = (n: number): number => {
      const { existsSync: exists } = process.getBuiltinModule('node:fs');
      if (n % 10 === 3 && !exists(flag))
        throw Object.assign(new TypeError(`no ${n}`), { code: 'E_NO', own: [n] });
      return n;
    };
    const run = (options: CallOptions) => parallelMapSettled(range(50), task, options);
    const first = await run({ journal, pool });
    const kept = await count(run, { journal });
    assert.equal(kept.resumed, 50);
    assert.deepEqual(
      kept.result.map(({ status, index, attempts }) => ({ status, index, attempts })),
      first.map(({ status, index, attempts }) => ({ status, index, attempts })),
    );
    const failure = kept.result[13];
    assert.ok(failure?.status === 'rejected' && failure.reason.name === 'TaskError');
    const cause = failure.reason.cause as TypeError & { code: string; own: number[] };
    assert.ok(cause instanceof TypeError);
    assert.deepEqual([cause.message, cause.code, cause.own], ['no 13', 'E_NO', [13]]);
    await writeFile(flag, '');
    const retried = await count(run, { journal: { path: journal, retryFailed: true } });
    assert.equal(retried.resumed, 45);
    assert.ok(retried.result.every(({ status }) => status === 'fulfilled'));
    assert.equal((await count(run, { journal })).resumed, 50);
  });

  it('streams in order, and resumes where its reader left', async () => {
    const journal = makePath();
    const source = function* (): Generator<{ n: number }> {
      for (let n = 0; n < 20_000; n++) yield { n };
    };
    const task = ({ n }: { n: number }): string => `${n}`;
    const results: string[] = [];
    for await (const result of parallelMapIterable(source(), task, { journal, pool, chunkSize: 7 })) {
      if (results.push(result) === 100) break;
    }
    const { done, isComplete } = await readJournal(journal);
    assert.ok(done >= 100 && !isComplete);
    const again = await count(
      async (options) => {
        const all: string[] = [];
        for await (const result of parallelMapIterable(source(), task, options)) all.push(result);
        return all;
      },
      { journal },
    );
    assert.deepEqual(again.result, range(20_000).map(String));
    assert.ok(again.resumed >= 100, `${again.resumed} resumed`);
  });

  it('resumes items in the order of their cost, promises and asynchronous sources', async () => {
    const items = range(200);
    const task = (n: number): number => -n;
    const cost = (n: number): number => (n * 7919) % 31;
    const inputs: [string, () => Parameters<typeof parallelMap<number, number>>[0], object][] = [
      ['cost', () => items, { cost }],
      ['promises', () => items.map((n) => (n % 2 === 0 ? Promise.resolve(n) : n)), {}],
      ['async', async function* () { yield* items; } as never, {}],
      ['typed', () => Float64Array.from(items), {}],
    ]; // prettier-ignore
    for (const [name, makeInput, options] of inputs) {
      const journal = makePath();
      const make = (): Parameters<typeof parallelMap<number, number>>[0] => (makeInput as () => never)();
      await parallelMap(make(), task, { journal, pool, chunkSize: 5, ...options });
      const bytes = await readFile(journal);
      // The journal is cut as if its program had died half-way.
      await writeFile(journal, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      const again = await count((all) => parallelMap(make(), task, { ...all, ...options }), { journal });
      assert.deepEqual(again.result, items.map(task), name);
      assert.ok(again.resumed > 0 && again.resumed < 200, `${name}: ${again.resumed} resumed`);
    }
  });
});
