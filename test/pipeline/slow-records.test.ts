import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { threadId } from 'node:worker_threads';
import * as fc from 'fast-check';
import { type ByteSource, csv, lines, ndjson, toNdjson } from 'telar/files';
import { pipeline, stop } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { sample } from '../harness/long.ts';
import { usePool } from '../harness/pool.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool();
let folder = '';
before(async () => {
  folder = await makeFolder('slow-records');
});
after(() => removeFolder(folder));

/** Waits until two threads are at work. */
function meet(begun: Int32Array<SharedArrayBuffer>): void {
  if (Atomics.compareExchange(begun, 0, 0, threadId) === 0) Atomics.wait(begun, 1, 0, 20_000);
  else if (begun[0] !== threadId) {
    Atomics.store(begun, 1, 1);
    Atomics.notify(begun, 1);
  }
}

describe('a few records in one file', () => {
  const texts = Array.from({ length: 12 }, (_, id) => `{"id":${id}}`).join('\n');
  const sources = {
    lines: () => lines(Buffer.from(texts)),
    ndjson: () => ndjson(Buffer.from(texts)),
    csv: () => csv(Buffer.from(texts), { header: false, quote: false, delimiter: ';' }),
  };
  for (const [what, open] of Object.entries(sources)) {
    it(`are shared by the workers: ${what}`, async () => {
      const begun = new Int32Array(new SharedArrayBuffer(8));
      const threads = await pipeline(open() as ByteSource<unknown>)
        .cpu(() => {
          meet(begun);
          return threadId;
        })
        .toArray({ pool });
      assert.equal(threads.length, 12);
      assert.equal(new Set(threads).size, 2);
    });
  }
});

describe('records that take much longer than those before them', () => {
  it('are given to the other workers, and leave one by one', async () => {
    const file = join(folder, 'late.ndjson');
    const [quick, slow] = [20_000, 30];
    const text = Array.from({ length: quick + slow }, (_, id) => `{"id":${id}}\n`).join('');
    await writeFile(file, text);
    const begun = new Int32Array(new SharedArrayBuffer(8));
    const portions: number[] = [];
    let last = 0;
    const ids = pipeline(ndjson<{ id: number }>(file))
      .cpu(({ id }) => {
        if (id < quick) return id;
        // Long enough that a worker gives back what it has not begun.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        if (id > quick + 20) meet(begun);
        return id;
      })
      .iterate({ pool, onProgress: ({ done }) => portions.push(done) });
    for await (const id of ids) assert.equal(id, last++);
    assert.equal(last, quick + slow);
    assert.equal(begun[1], 1);
    assert.ok(portions.some((done) => done > quick && done < quick + slow));
  });

  it('keep their order, whatever else becomes of them', async () => {
    const kinds = fc.constantFrom('ok', 'ok', 'ok', 'ok', 'slow', 'throws', 'malformed', 'skips', 'expands');
    const property = fc.asyncProperty(
      fc.array(kinds, { minLength: 1, maxLength: 60 }),
      fc.option(fc.nat(80), { nil: undefined }),
      fc.boolean(),
      async (records, stopAt, isFatal) => {
        const text = records
          .map((kind, id) => (kind === 'malformed' ? '{' : JSON.stringify({ id, kind })))
          .join('\n');
        const errors: string[] = [];
        const staged = pipeline(ndjson<{ id: number; kind: string }>(Buffer.from(text))).cpu(function* work({
          id,
          kind,
        }) {
          if (kind === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 210);
          if (id === stopAt) {
            yield stop;
            return;
          }
          if (kind === 'throws') throw new Error(`record ${id}`);
          if (kind === 'skips') return;
          yield id;
          if (kind === 'expands') yield -id;
        });
        const listening = isFatal ? staged : staged.onError(({ error }) => errors.push(error.message));
        const results: number[] = [];
        let failure: unknown;
        try {
          for await (const id of listening.iterate({ pool })) results.push(id as number);
        } catch (thrown) {
          failure = thrown;
        }
        const expected: number[] = [];
        let failed = 0;
        let isEnded = false;
        let isThrown = false;
        for (const [id, kind] of records.entries()) {
          if (isEnded) break;
          if (kind === 'malformed') failed++;
          else if (id === stopAt) isEnded = true;
          else if (kind === 'throws') {
            failed++;
            isThrown = isEnded = isFatal;
          } else if (kind !== 'skips') expected.push(id, ...(kind === 'expands' ? [-id] : []));
        }
        assert.deepEqual(results, expected);
        assert.equal(failure !== undefined, isThrown);
        if (!isFatal) assert.equal(errors.length, failed);
      },
    );
    await assertProperty(property, { numRuns: sample(6, 300), seed: 50 });
  });
});

describe('a run with a journal', () => {
  it('goes on within what was one block, so that slow records need no second time', async () => {
    const out = join(folder, 'out.ndjson');
    const text = Array.from({ length: 30 }, (_, id) => `{"id":${id}}\n`).join('');
    const run = (until: number): Promise<unknown> =>
      pipeline(ndjson<{ id: number }>(Buffer.from(text)))
        .cpu(({ id }) => ({ id }))
        .tap(({ id }) => {
          if (id === until) throw new Error('cut off');
        })
        .to(toNdjson(out), { pool, journal: join(folder, 'slow.journal') });
    for (const until of [5, 11, 17, 23]) await assert.rejects(run(until), /cut off/);
    await run(Infinity);
    assert.equal(await readFile(out, 'utf8'), text);
  });
});
