import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ndjson, toNdjson } from 'telar/files';
import { importTasks, type DeadLetter, pipeline, skip } from 'telar';
import { census } from '../census.ts';
import type * as Throws from '../fixtures/tasks/loading/throws-on-import.ts';
import { throwOnSeven } from '../fixtures/tasks/stages.ts';
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

describe('onError', () => {
  for (const how of ['throws', 'exits']) {
    it(`does not hide a stage whose module ${how} on import: then nothing could be done at all`, async () => {
      const { parse } = importTasks<typeof Throws>(
        new URL(`../fixtures/tasks/loading/${how}-on-import.js`, import.meta.url),
      );
      const letters: DeadLetter[] = [];
      for (const source of [range(20), ndjson(Buffer.from('1\n2\n3\n'))]) {
        const run = pipeline(source as Iterable<number>)
          .cpu(parse)
          .onError((letter) => letters.push(letter))
          .toArray({ pool });
        await assert.rejects(run, { name: 'TaskError', message: /the task could not be loaded/ });
      }
      assert.deepEqual(letters, []);
    });
  }

  it('covers the stages before it, back to the one before', async () => {
    const [first, second]: DeadLetter[][] = [[], []];
    const results = await pipeline(range(20))
      .cpu(throwOnSeven)
      .onError((letter) => first?.push(letter))
      .io((n) => {
        if (n === 3) throw new Error('three');
        return n;
      })
      .cpu((n) => {
        if (n === 5) throw new Error('five');
        return n;
      })
      .onError((letter) => second?.push(letter))
      .toArray({ pool });
    assert.deepEqual(results, without(20, 3, 5, 7));
    assert.deepEqual(
      first?.map(({ item }) => item),
      [7],
    );
    assert.deepEqual(
      second?.map(({ item }) => item),
      [3, 5],
    );
    const behind = pipeline(range(20)).onError(skip).cpu(throwOnSeven).toArray({ pool });
    await assert.rejects(behind, /seven/);
  });

  it('writes letters to a file, as JSON with the error, and only counts them with skip', async () => {
    const path = join(folder, 'letters.ndjson');
    const summary = await pipeline(range(20)).cpu(throwOnSeven).onError(toNdjson(path)).run({ pool });
    assert.equal(summary.failed, 1);
    assert.equal(summary.stages[0]?.failed, 1);
    const [letter] = await pipeline(
      ndjson<{ stage: string; item: number; error: Record<string, unknown> }>(path),
    ).toArray({ pool });
    assert.deepEqual([letter?.stage, letter?.item], ['throwOnSeven', 7]);
    assert.deepEqual([letter?.error['name'], letter?.error['cause']], ['TaskError', 'RangeError: seven']);
    assert.equal((await pipeline(range(20)).cpu(throwOnSeven).onError(skip).run({ pool })).failed, 1);
  });

  it('fails the run when the sink does', async () => {
    const failing = pipeline(range(20))
      .cpu(throwOnSeven)
      .onError(() => Promise.reject(new Error('sink')))
      .run({ pool });
    await assert.rejects(failing, /sink/);
  });
});

describe('a malformed record', () => {
  it('that nobody asks for is told in a warning, once for each run', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    try {
      const lines = Buffer.from('1\n{\n2\n[\n');
      assert.deepEqual(await pipeline(ndjson(lines)).toArray({ pool }), [1, 2]);
      await pipeline(ndjson(lines)).onError(skip).run({ pool });
      await sleep(1);
      assert.deepEqual(
        warnings.map(({ name }) => name),
        ['TelarMalformedRecord'],
      );
      assert.match(
        warnings[0]?.message ?? '',
        /^2 records could not be read.*the first is \(input\):2:2: not valid JSON/,
      );
    } finally {
      process.off('warning', onWarning);
    }
  });
});
