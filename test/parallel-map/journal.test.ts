import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type CallOptions,
  JournalError,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  readJournal,
  type RunSummary,
  skip,
  stop,
} from '../../src/index.ts';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { kills, runUntil } from '../harness/kill.ts';
import { sample } from '../harness/long.ts';
import { usePool } from '../harness/pool.ts';
import { needsPosix } from '../harness/posix.ts';
import { seedOf } from '../harness/random.ts';

census();

const pool = usePool();
const SEED: number = seedOf(20_251_125);
let folder: string;
let names = 0;
before(async () => {
  folder = await makeFolder('run-journal');
});
after(() => removeFolder(folder));

const makePath = (): string => join(folder, `${names++}.journal`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Runs a call, and says with how many outcomes of before. */
async function count<R>(
  call: (options: CallOptions) => Promise<R>,
  options: CallOptions,
): Promise<{ result: R; resumed: number; items: number }> {
  let summary: RunSummary | undefined;
  const result = await call({ pool, ...options, onSummary: (told) => (summary = told) });
  return { result, resumed: summary?.resumed ?? -1, items: summary?.items ?? -1 };
}

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
      // As if it had died half-way.
      await writeFile(journal, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      const again = await count((all) => parallelMap(make(), task, { ...all, ...options }), { journal });
      assert.deepEqual(again.result, items.map(task), name);
      assert.ok(again.resumed > 0 && again.resumed < 200, `${name}: ${again.resumed} resumed`);
    }
  });
});

describe('what has changed', () => {
  const task = (item: { n: number }): number => item.n;
  const items = range(100).map((n) => ({ n }));

  it('is refused: an item, their order, one more, one less', async () => {
    const journal = makePath();
    function* each(list: readonly { n: number }[]): Generator<{ n: number }> {
      yield* list;
    }
    await parallelMap(each(items), task, { journal, pool });
    const changes: [string, { n: number }[]][] = [
      ['item', items.with(50, { n: -1 })],
      ['order', items.toReversed()],
      ['more', [...items, { n: 100 }]],
      ['less', items.slice(0, -1)],
    ];
    for (const [name, changed] of changes) {
      await assert.rejects(parallelMap(each(changed), task, { journal, pool }), (error: JournalError) => {
        assert.ok(error instanceof JournalError, `${name}: ${String(error)}`);
        assert.deepEqual([error.reason, error.changed], ['mismatch', ['input']]);
        return true;
      });
    }
    assert.equal((await count((all) => parallelMap(each(items), task, all), { journal })).resumed, 100);
    await assert.rejects(parallelMap([...items, { n: 1 }], task, { journal, pool }), { changed: ['input'] });
  });

  it('is refused: the task, a value that it captures, an option', async () => {
    const journal = makePath();
    const makeTask = (rate: number) => (item: { n: number }) => item.n * rate;
    await parallelMap(items, makeTask(2), { journal, pool });
    assert.equal((await count((all) => parallelMap(items, makeTask(2), all), { journal })).resumed, 100);
    await assert.rejects(parallelMap(items, makeTask(3), { journal, pool }), { changed: ['task'] });
    await assert.rejects(parallelMap(items, task, { journal, pool }), { changed: ['task'] });
    const other = parallelMap(items, makeTask(2), { journal, pool, retries: 2, timeout: 1000 });
    await assert.rejects(other, { changed: ['options'] });
    await assert.rejects(parallelMapSettled(items, makeTask(2), { journal, pool }), { changed: ['options'] });
    const over = await count((all) => parallelMap(items, task, all), {
      journal: { path: journal, onMismatch: 'restart' },
    });
    assert.equal(over.resumed, 0);
  });

  it('in the options themselves is said at the call', async () => {
    for (const [journal, message] of [
      [5, /Expected `journal` to be a path/],
      [{ path: '' }, /Expected `journal\.path`/],
      [{ path: 'a', onmismatch: 'restart' }, /Did you mean `onMismatch`/],
      [{ path: 'a', onMismatch: 'merge' }, /'refuse' or 'restart', got the string "merge"/],
      [{ path: 'a', retryFailed: 1 }, /`journal\.retryFailed` to be true or false/],
    ] as const) {
      await assert.rejects(
        parallelMap([1], (n) => n, { journal: journal as never }),
        message,
      );
    }
    const missing = parallelMap([1], (n) => n, { journal: join(folder, 'no', 'such', 'folder'), pool });
    await assert.rejects(missing, { name: 'JournalError', reason: 'io' });
  });
});

describe('a journal of which the end is lost', () => {
  it('leads to the same results, cut in its last 400 bytes', async () => {
    const journal = makePath();
    const items = range(40);
    const task = (n: number): string => `result ${n}`;
    await parallelMap(items, task, { journal, pool, chunkSize: 1 });
    const whole = await readFile(journal);
    for (let cut = 1; cut <= 400; cut += sample(7, 1)) {
      await writeFile(journal, whole.subarray(0, whole.length - cut));
      assert.deepEqual(await parallelMap(items, task, { journal, pool }), items.map(task), `cut ${cut}`);
    }
  });

  it(`leads to the same results, or is refused, after flipped bits (seed ${SEED})`, async () => {
    const journal = makePath();
    const items = range(40);
    const task = (n: number): string => `result ${n}`;
    await parallelMap(items, task, { journal, pool, chunkSize: 1 });
    const whole = await readFile(journal);
    const header = whole.indexOf(10);
    let random = SEED;
    for (let flip = 0; flip < sample(40, 200); flip++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      const bit = random % (whole.length * 8);
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      await writeFile(journal, bytes);
      const running = parallelMap(items, task, { journal, pool });
      if (bit >> 3 <= header) await assert.rejects(running, { name: 'JournalError' }, `bit ${bit}`);
      else assert.deepEqual(await running, items.map(task), `bit ${bit}`);
    }
  });
});

describe('a program that is killed', needsPosix('kill -9'), () => {
  const program = fileURLToPath(new URL('../fixtures/journal/kill-loop.js', import.meta.url));
  const items = 120;

  it(`ends with the results of one that was not, over ${kills} kills (seed ${SEED})`, async () => {
    let random = SEED;
    let killed = 0;
    while (killed < kills) {
      const journal = makePath();
      const [trace, out] = [makePath(), makePath()];
      await writeFile(trace, '');
      let here = 0;
      while (!existsSync(out)) {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
        // After so many further items: what a random time would do, without a clock.
        const after = killed < kills ? 1 + (random % 40) : Infinity;
        const wasKilled = await runUntil(program, [journal, trace, out, String(items)], trace, after * 3);
        if (wasKilled) {
          killed++;
          here++;
        }
      }
      const results = JSON.parse(await readFile(out, 'utf8')) as { index: number; when: string }[];
      assert.deepEqual(
        results.map(({ index }) => index),
        range(items),
      );
      assert.ok(results.every(({ index, when }) => when === new Date(index).toJSON()));
      const ran = (await readFile(trace, 'utf8')).trim().split('\n').map(Number);
      assert.equal(new Set(ran).size, items);
      // Two workers hold two chunks each, of at most 20 items of a ms.
      const repeated = ran.length - items;
      assert.ok(repeated <= here * 80, `${repeated} repeated after ${here} kills`);
    }
  });
});
