import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readJournal } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { kills, runUntil } from '../../harness/kill.ts';
import { needsPosix } from '../../harness/posix.ts';
import { seedOf } from '../../harness/random.ts';
import { sample } from '../../harness/long.ts';

census();

const SEED: number = seedOf(20_251_126);
const program = fileURLToPath(new URL('../../fixtures/journal/kill-pipeline.js', import.meta.url));
let folder: string;
before(async () => {
  folder = await makeFolder('pipeline-kill');
});
after(() => removeFolder(folder));

async function makeInput(): Promise<string> {
  const files: string[] = [];
  for (let file = 0; file < 3; file++) {
    let text = 'id,text\n';
    for (let n = file * 2000; n < (file + 1) * 2000; n++)
      text += n % 701 === 3 ? 'torn\n' : `${n},"a, ${n % 37}${'.'.repeat(150)}"\n`;
    const path = join(folder, `input-${file}.csv${file === 1 ? '.gz' : ''}`);
    await writeFile(path, file === 1 ? gzipSync(text) : text);
    files.push(path);
  }
  return files.join(',');
}

describe('a pipeline that is killed', needsPosix('kill -9'), () => {
  const kinds = [
    ['files', 4700],
    ['distinct', 6200],
    ['items', 6000],
  ] as const;
  for (const [kind, most] of kinds.slice(0, sample(1, 3))) {
    // prettier-ignore
    it(`writes what one does that was not, over ${kills} kills (${kind}, seed ${SEED})`, async () => {
      const input = await makeInput();
      const own = join(folder, kind);
      const trace = `${own}.trace`;
      await writeFile(trace, '');
      await runUntil(program, [kind, input, `${own}.expected`, trace, ''], trace, Infinity);
      const steps = (await stat(trace)).size / 2;
      assert.ok(steps > most * 0.9, `${steps} steps`);
      let random = SEED;
      for (let killed = 0, round = 0; killed < kills; round++) {
        const [out, journal] = [`${own}.${round}`, `${own}.${round}.journal`];
        await writeFile(trace, '');
        let ran = 0;
        let here = 0;
        while (!existsSync(out)) {
          random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
          const after = killed < kills ? 1 + (random % Math.ceil(steps / 3)) : Infinity;
          const isKilled = await runUntil(program, [kind, input, out, trace, journal], trace, after * 2);
          ran = (await stat(trace)).size / 2;
          if (isKilled) {
            killed++;
            here++;
          }
        }
        // The program may have been killed behind the last rename.
        await runUntil(program, [kind, input, out, trace, journal], trace, Infinity);
        for (const suffix of kind === 'files' ? ['', '.letters'] : ['']) {
          const [found, expected] = await Promise.all([
            readFile(out + suffix, 'utf8'),
            readFile(`${own}.expected${suffix}`, 'utf8'),
          ]);
          assert.ok(expected.length > 1000);
          assert.ok(found === expected, `${kind}${suffix} after ${here} kills: ${found.length} bytes, ${expected.length} expected`);
        }
        assert.equal((await readJournal(journal)).isComplete, true);
        if (kind !== 'distinct') assert.ok(ran < steps * (1 + here), `${ran} steps after ${here} kills`);
      }
      assert.deepEqual((await readdir(folder)).filter((name) => name.endsWith('.tmp')), []);
    });
  }
});
