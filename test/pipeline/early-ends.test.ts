import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNdjson } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../census.ts';
import { spinOnSeven } from '../fixtures/tasks/stages.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('failures');
});

after(() => removeFolder(folder));

describe('a run that ends early', () => {
  const places = {
    'in the source': (fail: () => never) => pipeline(failing(fail)).cpu((n) => n),
    'in an I/O stage': (fail: () => never) =>
      pipeline(closing())
        .io((n) => (n === 20 ? fail() : n))
        .cpu((n) => n),
    'in a tap': (fail: () => never) =>
      pipeline(closing())
        .cpu((n) => n)
        .tap((n) => n === 20 && fail())
        .batch(3),
  };
  let hasClosed = false;
  function* closing(): Generator<number> {
    try {
      for (let n = 0; n < 100_000; n++) yield n;
    } finally {
      hasClosed = true;
    }
  }
  function* failing(fail: () => never): Generator<number> {
    try {
      yield 1;
      fail();
    } finally {
      hasClosed = true;
    }
  }
  for (const [place, make] of Object.entries(places)) {
    it(`because of a failure ${place} closes the others and leaves no file`, async () => {
      hasClosed = false;
      const source = make(() => {
        throw new Error('broken');
      });
      await assert.rejects(source.to(toNdjson(join(folder, 'never.ndjson')), { pool }), /broken/);
      assert.ok(hasClosed);
    });
  }

  it('because of its signal tells pending calls, waits for them, and rejects with the reason', async () => {
    hasClosed = false;
    const controller = new AbortController();
    const ended: number[] = [];
    const run = pipeline(closing())
      .cpu((n) => n)
      .io(
        async (n, _, { signal }) => {
          if (n === 4) controller.abort(new Error('enough'));
          await sleep(10_000, undefined, { signal }).catch(() => {});
          ended.push(n);
        },
        { concurrency: 5 },
      )
      .run({ pool, signal: controller.signal });
    await assert.rejects(run, /enough/);
    assert.deepEqual(ended, [0, 1, 2, 3, 4]);
    assert.ok(hasClosed);
    await assert.rejects(
      pipeline([1]).run({ pool, signal: AbortSignal.abort(new Error('before')) }),
      /before/,
    );
  });

  it('because of its signal ends items that spin on the workers', async () => {
    const controller = new AbortController();
    const run = pipeline([7]).cpu(spinOnSeven).run({ pool, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await assert.rejects(run, /enough/);
  });
});
