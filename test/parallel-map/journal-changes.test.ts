import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { JournalError, parallelMap, parallelMapSettled } from 'telar';
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
