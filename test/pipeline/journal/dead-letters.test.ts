import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toLines, toNdjson } from 'telar/files';
import { pipeline, type PipelineSummary, readJournal } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';
import { abortAfter, ticker } from './cut-off.ts';

census();
const pool = usePool();
let folder: string;
before(async () => {
  folder = await makeFolder('letters');
});
after(() => removeFolder(folder));

const COUNT = 200;
const numbers = Array.from({ length: COUNT }, (_, number) => number);

describe('dead letters of a run that was cut off before the first of them', () => {
  for (const bad of [COUNT - 1, 100, Infinity]) {
    it(`are written by the run that goes on (item ${bad})`, async () => {
      const path = join(folder, `${bad}`);
      const run = (ticks: number): Promise<PipelineSummary> =>
        pipeline(numbers)
          .io(async (n) => {
            await new Promise(setImmediate);
            return n;
          })
          .cpu(
            (n) => {
              if (n === bad) throw new Error(`${n} is bad`);
              return String(n);
            },
            { chunkSize: 1 },
          )
          .onError(toNdjson(`${path}.letters`))
          .tap(() => ticker.tick())
          .to(toLines(path), { pool, journal: `${path}.journal`, signal: abortAfter(ticks) });
      for (const ticks of [30, 60]) {
        // oxlint-disable-next-line no-await-in-loop
        await assert.rejects(run(ticks), /cut off/);
      }
      await run(Infinity);
      const rows = (await readFile(path, 'utf8')).trim().split('\n').map(Number);
      assert.deepEqual(
        rows,
        numbers.filter((n) => n !== bad),
      );
      assert.equal(existsSync(`${path}.letters`), bad !== Infinity);
      if (bad !== Infinity) {
        const letters = (await readFile(`${path}.letters`, 'utf8')).match(new RegExp(`${bad} is bad`, 'g'));
        assert.ok(letters !== null && letters.length > 0);
      }
      assert.equal((await readJournal(`${path}.journal`)).isComplete, true);
      // Nothing is left to do.
      assert.equal((await run(Infinity)).resumed, COUNT);
    });
  }
});
