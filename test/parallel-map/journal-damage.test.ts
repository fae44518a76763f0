import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parallelMap } from 'telar';
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

describe('a journal of which the end is lost', () => {
  it('leads to the same results, cut in its last 400 bytes', async () => {
    const journal = makePath();
    const items = range(40);
    const task = (n: number): string => `result ${n}`;
    await parallelMap(items, task, { journal, pool, chunkSize: 1 });
    const whole = await readFile(journal);
    for (let cut = 1; cut <= 400; cut += sample(23, 1)) {
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
    for (let flip = 0; flip < sample(15, 200); flip++) {
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
        // The program is cut off after so many further items, as at a random time, but without a clock.
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
