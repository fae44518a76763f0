import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ndjson } from 'telar/files';
import {
  CaptureError,
  type DeadLetter,
  ItemError,
  pipeline,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from 'telar';
import { census } from '../census.ts';
import {
  dieOnSeven,
  failTwice,
  returnFunction,
  spinOnSeven,
  throwOnSeven,
  waitOnSeven,
} from '../fixtures/tasks/stages.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('failures');
});

after(() => removeFolder(folder));
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const without = (count: number, ...gone: number[]): number[] => range(count).filter((n) => !gone.includes(n));

async function catchError(run: Promise<unknown>): Promise<ItemError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ItemError, String(error));
  return error;
}

describe('a failed item', () => {
  it('ends the run, naming its stage and its place', async () => {
    const error = await catchError(
      pipeline(range(100))
        .cpu((n) => n)
        .cpu(throwOnSeven)
        .toArray({ pool }),
    );
    assert.ok(error instanceof TaskError);
    assert.equal(error.message, 'Item 7 (in throwOnSeven) failed: RangeError: seven');
    assert.deepEqual([error.stage, error.index, error.attempts], ['throwOnSeven', 7, 1]);
    assert.ok(error.cause instanceof RangeError);
    const io = await catchError(pipeline(range(100)).io(throwOnSeven, { name: 'fetch' }).toArray({ pool }));
    assert.equal(io.message, 'Item 7 (in fetch) failed: RangeError: seven');
  });

  it('comes after the results before it', async () => {
    for (const kind of ['io', 'cpu'] as const) {
      const seen: number[] = [];
      const failing = pipeline(range(100))
        [kind](throwOnSeven)
        .forEach((n) => seen.push(n), { pool });
      await assert.rejects(failing, /seven/);
      assert.deepEqual(seen, range(7), kind);
    }
  });

  const deadly: [
    name: string,
    task: (n: number) => unknown,
    options: object,
    kind: new (...args: never[]) => Error,
  ][] = [
    ['throws', throwOnSeven, {}, TaskError],
    ['ends its worker', dieOnSeven, {}, WorkerError],
    ['never returns', spinOnSeven, { timeout: 500 }, TaskTimeoutError],
    ['waits too long', waitOnSeven as never, { timeout: 500 }, TaskTimeoutError],
  ];
  for (const [what, task, options, kind] of deadly) {
    it(`that ${what} costs its neighbours nothing under onError`, async () => {
      const letters: DeadLetter[] = [];
      const results = await pipeline(range(100))
        .cpu((n) => n)
        .cpu(task, options)
        .onError((letter) => letters.push(letter))
        .toArray({ pool });
      assert.deepEqual(results, without(100, 7));
      assert.equal(letters.length, 1);
      assert.ok(letters[0]?.error instanceof kind);
      assert.equal(letters[0].item, 7);
      assert.equal(letters[0].stage, task.name);
    });

    it(`that ${what} is a record of a file: the others of its block are kept, and its line is known`, async () => {
      const path = join(folder, 'numbers.ndjson');
      await writeFile(path, `\n${range(100).join('\n')}\n`);
      const letters: DeadLetter[] = [];
      const results = await pipeline(ndjson<number>(path))
        .cpu(task, options)
        .onError((letter) => letters.push(letter))
        .toArray({ pool });
      assert.deepEqual(results, without(100, 7));
      assert.equal(letters.length, 1);
      const [letter] = letters;
      assert.ok(letter?.error instanceof kind);
      assert.match(letter.error.message, new RegExp(`numbers\\.ndjson:9 \\(in ${task.name}\\)`));
      assert.equal(letter.item, '7');
      const error = await catchError(pipeline(ndjson<number>(path)).cpu(task, options).toArray({ pool }));
      assert.deepEqual([error.line, error.file], [9, path]);
    });
  }

  for (const chunkSize of [1, 2, 10, 100]) {
    it(`that gives what cannot cross is a failure of its own, in chunks of ${chunkSize}`, async () => {
      const letters: DeadLetter[] = [];
      const results = await pipeline(range(100))
        .cpu(returnFunction, { chunkSize })
        .onError((letter) => letters.push(letter))
        .toArray({ pool });
      assert.deepEqual(results, without(100, 7));
      assert.match(letters[0]?.error.message ?? '', /cannot cross back/);
      const kept = pipeline(range(100)).cpu(returnFunction, { chunkSize });
      await assert.rejects(kept.toArray({ pool }), /cannot cross back/);
    });
  }

  it('that gives what cannot cross, of a record of a file, is named as any other', async () => {
    const path = join(folder, 'rows.ndjson');
    await writeFile(path, `\n${range(100).join('\n')}\n`);
    const letters: DeadLetter[] = [];
    const results = await pipeline(ndjson<number>(path))
      .cpu(returnFunction)
      .onError((letter) => letters.push(letter))
      .toArray({ pool });
    assert.deepEqual(results, without(100, 7));
    assert.deepEqual(
      letters.map(({ item, error }) => [item, error.name, String(error.message.match(/rows\.ndjson:\d+/))]),
      [['7', 'CloneError', 'rows.ndjson:9']],
    );
  });
});

describe('retries', () => {
  it('repeat the stage that failed, and no other', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const summary = await pipeline([{ n: 1, cells }])
      .cpu(({ n, cells: shared }) => {
        Atomics.add(shared, 0, 1);
        return { n, cells: shared };
      })
      .cpu(failTwice, { retries: 2 })
      .run({ pool });
    assert.deepEqual([...cells], [1, 3]);
    assert.equal(summary.retried, 2);
    assert.equal(summary.failed, 0);
  });

  it('end after the last try, with the delay and the condition that they are given', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const often = pipeline([{ n: 1, cells }]).cpu(failTwice, { retries: { retries: 1, delay: 5 } });
    assert.equal((await catchError(often.toArray({ pool }))).attempts, 2);
    const never = { retries: 5, when: (error: unknown) => !(error instanceof RangeError) };
    assert.equal(
      (
        await catchError(
          pipeline([{ n: 1, cells }])
            .cpu(failTwice, { retries: never })
            .toArray({ pool }),
        )
      ).attempts,
      1,
    );
  });

  it('count deaths of workers too', async () => {
    const error = await catchError(pipeline(range(10)).cpu(dieOnSeven, { retries: 2 }).toArray({ pool }));
    assert.ok(error instanceof WorkerError);
    assert.equal(error.attempts, 3);
  });

  it('repeat calls on the event loop, with their own time limit', async () => {
    let tries = 0;
    const results = await pipeline([1])
      .io(
        async (n, _, { attempt, signal }) => {
          tries++;
          if (attempt < 3) await sleep(1000, undefined, { signal });
          return n;
        },
        { retries: { retries: 2 }, timeout: 20 },
      )
      .toArray({ pool });
    assert.deepEqual([results, tries], [[1], 3]);
  });
});

describe('wrong arguments', () => {
  it('are refused at the call, with the fix', async () => {
    const numbers = pipeline([1]);
    assert.throws(() => pipeline(5 as never), /Expected an array, an iterable/);
    assert.throws(() => numbers.cpu(5 as never), /Expected \.cpu\(\) to get a function, got the number 5/);
    assert.throws(
      () => numbers.cpu((n) => n, { concurrency: 5 }),
      /`concurrency`.*methods of spawned objects/,
    );
    assert.throws(() => numbers.io((n) => n, { workers: 5 } as never), /Unknown option `workers`/);
    assert.throws(() => numbers.io((n) => n, { rate: 0 }), /`rate`/);
    assert.throws(() => numbers.batch(0), /Expected batch\(\)/);
    assert.throws(() => numbers.onError('x' as never), /Expected \.onError\(\) to get a sink/);
    assert.throws(() => numbers.groupBy((n) => n, {} as never), /`init` is undefined/);
    await assert.rejects(numbers.to({} as never), /Expected \.to\(\) to get a sink/);
    await assert.rejects(numbers.run({ timeout: 5 } as never), /`timeout` is an option of a stage/);
    const socket = new AbortController();
    await assert.rejects(numbers.cpu(() => socket.signal.aborted).run({ pool }), CaptureError);
  });
});
