import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { runUntil } from '../../harness/kill.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { needsPosix } from '../../harness/posix.ts';
import { seedOf } from '../../harness/random.ts';

census();

const SEED: number = seedOf(20_261_129);
const program = fileURLToPath(new URL('../../fixtures/journal/kill-slow.js', import.meta.url));
const RECORDS = 100;
/**
 * As many as two workers begin in 4 s, where a record takes 0.4 s. What has begun is counted, and not the time: on a busy
 * machine the start of a program takes long.
 */
const BEGUN = 20;
/** More may run twice than the two records of each kill: some have run, and are not in the journal yet. */
const MOST_RUNS = 130;

let folder: string;
before(async () => {
  folder = await makeFolder('slow-kills');
});
after(() => removeFolder(folder));

const texts = {
  lines: (id: number) => `record ${id}`,
  ndjson: (id: number) => JSON.stringify({ id }),
  csv: (id: number) => (id === 0 ? 'id' : `"record ${id}"`),
} as const;

describe(
  'few slow records in one file, of a program that is killed again and again',
  needsPosix('kill -9'),
  () => {
    for (const [kind, write] of Object.entries(texts)) {
      it(`hardly run twice: ${kind}, seed ${SEED}`, async () => {
        // The header of CSV is no record.
        const count = kind === 'csv' ? RECORDS + 1 : RECORDS;
        const input = join(folder, `${kind}.txt`);
        await writeFile(input, Array.from({ length: count }, (_, id) => `${write(id)}\n`).join(''));
        const [out, journal, trace] = ['out', 'journal', 'trace'].map((what) => `${input}.${what}`) as [
          string,
          string,
          string,
        ];
        await writeFile(trace, '');
        let killed = 0;
        for (const drawn of makeNumbers(RECORDS, SEED)) {
          if (existsSync(out)) break;
          const begun = BEGUN - 2 + (drawn % 5);
          if (await runUntil(program, [kind, input, out, trace, journal], trace, begun * 2 - 1)) killed++;
        }
        const runs = (await stat(trace)).size / 2;
        const results = (await readFile(out, 'utf8')).trim().split('\n');
        assert.equal(results.length, RECORDS);
        assert.equal(new Set(results).size, RECORDS);
        assert.ok(killed > 3, `${killed} kills`);
        assert.ok(runs >= RECORDS && runs <= MOST_RUNS, `${runs} runs with ${killed} kills`);
      });
    }
  },
);
