import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { runProgram } from '../harness/program.ts';

census();

const modules = {
  telar: import.meta.resolve('telar'),
  prints: new URL('../fixtures/tasks/prints.js', import.meta.url).href,
  nests: new URL('../fixtures/tasks/nests.js', import.meta.url).href,
};

/** Runs a program whose workers print, and gives what came out. */
async function printed(body: string): Promise<string[]> {
  const program = `
    import { parallelMap, parallelMapSettled, Pool } from ${JSON.stringify(modules.telar)};
    import { printAndCrash, printAndExit, printForEver, printLines, printPolitely } from ${JSON.stringify(modules.prints)};
    ${body}
  `;
  const output = await runProgram(process.execPath, ['--input-type=module', '--eval', program]);
  assert.ok(output.endsWith('\n'));
  return output.slice(0, -1).split('\n');
}

/** The lines that `printLines` makes. */
function numbered(name: string, lines: number): string[] {
  return Array.from({ length: lines }, (_, line) => `${name} ${line}`.padEnd(99, '.'));
}

/** 5 MB, or 10: more than a worker may have waiting. */
const MANY: number = sample(10_000, 100_000);

describe('what workers print arrives, all of it and in order,', () => {
  it('when the process ends right after the call', async () => {
    const lines = await printed(`
      await parallelMap([{ name: 'a', lines: ${MANY} }], printLines, { workers: 1 });
      process.exit(0);
    `);
    assert.deepEqual(lines, numbered('a', MANY));
  });

  it('when the worker exits right after, last words included', async () => {
    const lines = await printed(`
      const [outcome] = await parallelMapSettled([{ lines: ${MANY} }], printAndExit, { workers: 1 });
      console.log(outcome.reason.name, outcome.reason.exitCode);
    `);
    assert.deepEqual(lines, [...numbered('exits', MANY), 'last words', 'WorkerError 3']);
  });

  it('when the worker crashes right after', async () => {
    const lines = await printed(`
      const [outcome] = await parallelMapSettled([{ lines: ${MANY} }], printAndCrash, { workers: 1 });
      console.log(outcome.reason.name, outcome.reason.reason);
      process.exit(0);
    `);
    assert.deepEqual(lines, [...numbered('crashes', MANY), 'last words', 'WorkerError crash']);
  });

  it('up to where a timeout stops the worker', async () => {
    const lines = await printed(`
      const [outcome] = await parallelMapSettled([1], printForEver, { workers: 1, timeout: 100 });
      process.exitCode = outcome.reason.name === 'TaskTimeoutError' ? 0 : 1;
    `);
    assert.ok(lines.length > 100, `${lines.length} lines`);
    assert.equal(
      lines.findIndex((line, at) => line !== `endless ${at}`),
      -1,
    );
  });

  it('of each of several workers', async () => {
    const lines = await printed(`
      const items = ['a', 'b', 'c', 'd'].map((name) => ({ name, lines: ${MANY / 10} }));
      const pool = new Pool({ workers: 4 });
      await parallelMap(items, printLines, { pool, chunkSize: 1 });
      await pool.close();
    `);
    for (const name of ['a', 'b', 'c', 'd']) {
      const own = lines.filter((line) => line.startsWith(name));
      assert.deepEqual(own, numbered(name, MANY / 10));
    }
    assert.equal(lines.length, (4 * MANY) / 10);
  });

  it('through callbacks, and up to the end of the stream', async () => {
    const lines = await printed(`
      console.log(await parallelMap([200], printPolitely, { workers: 1 }));
    `);
    assert.equal(lines.length, 202);
    assert.ok(lines.slice(0, 200).every((line) => line === 'p'.repeat(99_999)));
    assert.deepEqual(lines.slice(200), ['the end', '[ 200 ]']);
  });

  it('from timers that run when the call is over', async () => {
    const lines = await printed(`
      const pool = new Pool({ workers: 1 });
      await parallelMap([1], () => void setTimeout(() => console.log('late'), 20), { pool });
      await parallelMap([1], () => new Promise((resolve) => setTimeout(resolve, 60)), { pool });
      await pool.close();
    `);
    assert.deepEqual(lines, ['late']);
  });

  it('from a run within a task', async () => {
    const lines = await printed(`
      const outer = (item) => parallelMap([item, item + 1], (inner) => { console.log('inner', inner); return inner; });
      console.log(await parallelMap([10], outer, { workers: 1 }));
      process.exit(0);
    `);
    assert.deepEqual(lines, ['inner 10', 'inner 11', '[ [ 10, 11 ] ]']);
  });
});

describe('what an item prints', () => {
  it('stands before its result', async () => {
    const lines = await printed(`
      const { parallelMapIterable } = await import(${JSON.stringify(modules.telar)});
      const echo = (item) => { console.log('item', item); return item; };
      for await (const result of parallelMapIterable([1, 2, 3], echo, { workers: 1, chunkSize: 1 }))
        console.log('result', result);
    `);
    for (const item of [1, 2, 3])
      assert.ok(lines.indexOf(`item ${item}`) < lines.indexOf(`result ${item}`), lines.join());
  });

  it('goes to the streams of the main thread, also to a `write` put in the place of theirs', async () => {
    const lines = await printed(`
      const seen = [];
      const { write } = process.stdout;
      process.stdout.write = (chunk) => { seen.push(String(chunk)); return true; };
      await parallelMap([{ name: 'a', lines: ${MANY} }], printLines, { workers: 1 });
      process.stdout.write = write;
      console.log(seen.join('').length);
    `);
    assert.deepEqual(lines, [String(MANY * 100)]);
  });

  it('waits in its worker while the reader of stdout is slow: the main thread holds some MB of it', async () => {
    const lines = await printed(`
      let held = 0, most = 0, total = 0;
      const { _write } = process.stdout;
      Object.defineProperty(process.stdout, '_writev', { value: null });
      process.stdout._write = (chunk, encoding, done) => setImmediate(() => { total += chunk.length; done(); });
      const watch = setInterval(() => { most = Math.max(most, process.stdout.writableLength); }, 1);
      await parallelMap([{ name: 'a', lines: ${MANY} }], printLines, { workers: 1 });
      clearInterval(watch);
      while (process.stdout.writableLength > 0) await new Promise(setImmediate);
      console.error(total, most < 5e6);
      process.exitCode = total === ${MANY * 100} && most < 5e6 ? 0 : 1;
      process.stdout._write = _write;
      console.log('done');
    `);
    assert.deepEqual(lines, ['done']);
  });
});
