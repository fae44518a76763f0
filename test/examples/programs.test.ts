import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { inFull } from '../harness/long.ts';
import { root } from '../harness/root.ts';
import { needsPosix } from '../harness/posix.ts';

census();
let folder = '';
before(async () => {
  folder = await makeFolder('examples');
});
after(() => removeFolder(folder));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(name: string, args: string[]): { child: ReturnType<typeof spawn>; ended: Promise<Ended> } {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...env } = process.env;
  const program = fileURLToPath(new URL(`dist/examples/${name}.js`, root));
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}

describe('npm start', () => {
  it('joins the APIs of a folder into PostgreSQL, and answers questions', async () => {
    const modules = join(folder, 'node_modules');
    for (const [name, license] of [
      ['one', 'MIT'],
      ['@scope/two', 'GPL-3.0'],
      ['three', 'ISC'],
    ] as const) {
      await mkdir(join(modules, name), { recursive: true });
      await writeFile(
        join(modules, name, 'package.json'),
        JSON.stringify({ name, version: '1.2.3', license }),
      );
      for (let file = 0; file < 20; file++) {
        await writeFile(join(modules, name, `${file}.js`), `function f() {}\n`.repeat(name.length));
      }
    }
    await writeFile(join(modules, 'one', 'broken.js'), 'const = 1;');
    const { code, stdout, stderr } = await start('main', [modules]).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /@scope\/two +20 +220 +200\n/);
    assert.match(stdout, /GPL-3\.0 +false +1 +220\n/);
    assert.match(stdout, /one +1\.2\.3 +1\n/);
    assert.match(stdout, /download 3 → parsePage 3, 0 failed/);
  });

  it('keeps its first part under `scan`, and says how it is used', async () => {
    const scan = await start('main', ['scan', '--help']).ended;
    assert.match(scan.stdout, /^Usage: npm start -- scan/);
    const wrong = await start('main', ['--fast']).ended;
    assert.deepEqual([wrong.code, wrong.stderr.startsWith('Usage: npm start')], [2, true]);
  });
});

describe('cluster', inFull, () => {
  it('loses nothing when a worker is killed', async () => {
    const { code, stdout, stderr } = await start('main', ['cluster', '--kill', '--items', '120']).ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Kill one while it runs: kill -9 \d+\n/);
    assert.match(stdout, /Killing worker \d+ …\n/);
    assert.match(stdout, /^120 of 120 results, 0 wrong or out of order, .* 1 of 2 workers died\./m);
  });
});

describe('csv-to-ndjson', () => {
  it('converts rows, keeps the rejected ones, and says so by its exit code', async () => {
    const [input, output, rejects] = ['in.csv', 'out.ndjson', 'rejects.ndjson'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(input, 'id;name;ok\n1;"a;b";true\n007;;false\nbroken\n');
    const { code, stderr } = await start('csv-to-ndjson', [
      input,
      output,
      '--delimiter',
      ';',
      '--rejects',
      rejects,
    ]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^2 rows in .* 1 malformed\n$/);
    assert.equal(
      await readFile(output, 'utf8'),
      '{"id":1,"name":"a;b","ok":true}\n{"id":"007","name":null,"ok":false}\n',
    );
    const letter = JSON.parse(await readFile(rejects, 'utf8')) as { item: string; error: { line: number } };
    assert.deepEqual([letter.item, letter.error.line], ['broken', 4]);
  });

  it('reads stdin and writes stdout', async () => {
    const { child, ended } = start('csv-to-ndjson', ['-', '-']);
    child.stdin?.end('a\n1\n');
    const { code, stdout } = await ended;
    assert.deepEqual([code, stdout], [0, '{"a":1}\n']);
    assert.equal((await start('csv-to-ndjson', ['nowhere.csv', '-']).ended).code, 2);
    assert.equal((await start('csv-to-ndjson', []).ended).code, 2);
  });
});

describe('follow-log', needsPosix('signals'), () => {
  it('alerts on minutes with too many errors', async () => {
    const log = join(folder, 'app.log');
    await writeFile(log, '{"time":"2026-01-01T00:00:00Z","level":"error"}\n');
    const { child, ended } = start('follow-log', [log, '0.4']);
    let text = '';
    child.stdout?.on('data', (piece) => (text += String(piece)));
    // The program begins at the end of the log, and nothing tells when it has: a minute after the other, until it has seen some.
    for (let minute = 1; !/ALERT.*\n(.*\n)*ok/.test(text); minute++) {
      const record = (second: number, level: string): string => {
        const time = new Date(Date.UTC(2026, 0, 1, 0, minute, second)).toISOString();
        return `${JSON.stringify({ time, level })}\n`;
      };
      const second = minute % 2 === 0 ? record(20, 'error') : record(20, 'info');
      await appendFile(log, `${record(10, 'info')}${second}nonsense\n`);
      await sleep(20);
    }
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ALERT 2026-01-01T\d\d:\d[02468] 2 records, 50\.0 % errors$/m);
    assert.match(stdout, /^ok {4}2026-01-01T\d\d:\d[13579] 2 records, 0\.0 % errors$/m);
    assert.match(stderr, /not a record: nonsense/);
  });
});
