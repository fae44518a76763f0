import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  importTasks,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  pipeline,
  Pool,
  TaskError,
} from 'telar';
import { census } from '../../census.ts';
import { echo } from '../../fixtures/tasks/computes.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { oddSizes } from '../../harness/numbers.ts';

census();
let pool: Pool;
let processes: Pool;
before(async () => {
  pool = new Pool({ workers: 2, importTimeout: 1200 });
  processes = new Pool({ workers: 1, isolate: 'process' });
  await parallelMap([1], echo<number>, { pool: processes });
  await parallelMap([1, 2], echo<number>, { pool, chunkSize: 1 });
});
after(() => Promise.all([pool.close(), processes.close()]));

type Loading = { parse: (item: number) => number };

function load(file: string): Loading['parse'] {
  const url = file.includes(':') ? file : new URL(`../../fixtures/tasks/loading/${file}`, import.meta.url);
  return importTasks<Loading>(url).parse;
}

const broken: readonly [title: string, file: string, message: RegExp][] = [
  ['is missing', 'absent.js', /Cannot find module/],
  ['does not parse', 'data:text/javascript,export const parse = ;', /SyntaxError/],
  ['throws on import', 'throws-on-import.js', /RangeError: The fixture throws on import/],
  ['waits for ever', 'awaits-for-ever.js', /did not finish loading within 1200 ms/],
  ['exits on import', 'exits-on-import.js', /exited with code 5 while it loaded the task/],
  ['loops for ever', 'loops-for-ever.js', /was stopped while it loaded the task/],
];

describe('a module that', () => {
  for (const [title, file, message] of broken) {
    it(`${title} fails every item`, async () => {
      for (const size of file === 'loops-for-ever.js' ? [5] : [1, 5, 97]) {
        const items = Array.from({ length: size }, (_, index) => index);
        const outcomes = await parallelMapSettled(items, load(file), { pool });
        assert.equal(outcomes.length, size);
        outcomes.forEach((outcome, index) => {
          assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskError, outcome.status);
          assert.equal(outcome.reason.index, index);
          assert.equal(outcome.reason.attempts, 0);
          assert.equal(outcome.attempts, 0);
          assert.match(outcome.reason.message, /^The call failed, because the task could not be loaded: /);
          assert.match(outcome.reason.message, message);
        });
      }
      assert.deepEqual(await parallelMap([1, 2], echo<number>, { pool }), [1, 2], 'the pool goes on');
    });
  }

  for (const [title, url, message] of [
    [
      'has no such export',
      'data:text/javascript,export const other = () => 1;',
      /has no export `parse`.* other\.$/,
    ],
    [
      'exports something else',
      'data:text/javascript,export const parse = 1;',
      /as number, not as a function/,
    ],
  ] as const) {
    it(`${title} makes every call reject, once and with the line of the call`, async () => {
      const items = Array.from({ length: 97 }, (_, index) => index);
      const task = load(url);
      for (const call of [
        () => parallelMap(items, task, { pool }),
        () => parallelMapSettled(items, task, { pool }),
        () => collect(parallelMapIterable(items, task, { pool })),
        () => pipeline(items).cpu(task).toArray({ pool }),
      ]) {
        const reason = await catchReason(call());
        assert.ok(reason instanceof TaskError);
        assert.match(reason.message, message);
        assert.ok(!('cause' in reason));
        assert.equal(reason.attempts, 0);
        assert.match(reason.stack?.split('\n')[1] ?? '', /loading\.test\.js/);
      }
    });
  }

  it('is missing is not said to be wanted by a file of this package', async () => {
    for (const isolated of [pool, processes]) {
      const reason = await catchReason(parallelMap([1], load('absent.js'), { pool: isolated }));
      assert.ok(reason instanceof TaskError && reason.cause instanceof Error);
      for (const text of [reason.message, reason.cause.message, reason.cause.stack?.split('\n')[0] ?? '']) {
        assert.match(text, /Cannot find module '.*absent\.js'$/);
      }
    }
  });

  it('wants a module that is missing names both', async () => {
    const url = `data:text/javascript,import 'file:///absent/other.js'; export const parse = () => 1;`;
    const reason = await catchReason(parallelMap([1], load(url), { pool }));
    assert.match(String(reason), /other\.js' imported from data:/);
  });

  it('throws on import makes the calls reject', async () => {
    for (const reason of [
      await catchReason(parallelMap([1], load('throws-on-import.js'), { pool })),
      await catchReason(collect(parallelMapIterable([1], load('throws-on-import.js'), { pool }))),
    ]) {
      assert.ok(reason instanceof TaskError && reason.cause instanceof RangeError);
      assert.equal(reason.index, 0);
      assert.match(reason.cause.stack ?? '', /throws-on-import\.js/);
    }
  });

  it('is missing is never asked for when there are no items', async () => {
    assert.deepEqual(await parallelMap([], load('absent.js'), { pool }), []);
  });

  it('throws on import ends a run over an endless source', async () => {
    function* generate(): Generator<number> {
      for (let item = 0; ; item++) yield item;
    }
    await assert.rejects(parallelMap(generate(), load('throws-on-import.js'), { pool }), {
      name: 'TaskError',
    });
  });

  it('takes its time is waited for', async () => {
    for (const size of oddSizes) {
      const items = Array.from({ length: size }, (_, index) => index);
      const results = await parallelMap(items, load('imports-late.js'), { pool });
      assert.deepEqual(
        results,
        items.map((item) => item * 2),
      );
    }
  });

  it('kills its worker does not start workers for ever', async () => {
    const items = Array.from({ length: 5000 }, (_, index) => index);
    const outcomes = await parallelMapSettled(items, load('exits-on-import.js'), { pool, chunkSize: 1 });
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
  });
});
