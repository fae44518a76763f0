import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Script as VmScript } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { listCallingScripts, readCallingScript } from '../../src/task/locate/calling-scripts.ts';
import { createScript, type Script } from '../../src/task/locate/script.ts';
import { inspectFunction, openScripts } from '../../src/task/locate/session.ts';
import type { AllCaptured } from './harness/capture-all.ts';

/** A file of these tests: it calls a function with one of its own. */
type Visit = (own: () => unknown) => unknown;
type Enter = (visit: Visit) => unknown;

const folder = mkdtempSync(join(tmpdir(), 'telar-both-ways-'));
after(() => rmSync(folder, { recursive: true }));
const require = createRequire(import.meta.url);

const lines = ['const own = () => 1;', 'const enter = (visit) => visit(own);'];
const asModule = [...lines, 'export { enter };', ''].join('\n');
const asCommonJs = [...lines, 'exports.enter = enter;', ''].join('\n');

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function load(path: string, query = ''): Promise<Enter> {
  if (path.endsWith('.cjs')) return (require(path) as { enter: Enter }).enter;
  return ((await import(pathToFileURL(path).href + query)) as { enter: Enter }).enter;
}

/** The script of a function as read from its file, and as the engine tells it. */
const readBothWays: Visit = (own) => {
  const { position, scopes } = inspectFunction(own);
  const id = position?.scriptId ?? '';
  const found = listCallingScripts().get(id);
  const isModule = scopes.some(({ description }) => description === 'Module');
  const { scripts, readText, close } = openScripts();
  const description = scripts.get(id);
  const told = description && createScript(description, readText(id));
  close();
  return [found && readCallingScript(id, found, isModule), told];
};

function read(enter: Enter, visit = readBothWays): [read: Script | undefined, told: Script | undefined] {
  return enter(visit) as [Script | undefined, Script | undefined];
}

/** Captures all closures of the conformance tables on a thread that has captured nothing before. */
async function captureAll(way: 'on the stack' | 'elsewhere'): Promise<AllCaptured> {
  const worker = new Worker(new URL('./harness/capture-all.js', import.meta.url), { workerData: way });
  const [answer] = (await once(worker, 'message')) as [AllCaptured];
  await worker.terminate();
  return answer;
}

describe('a script that is read from its file, since it is on the stack', () => {
  it('gives what the engine gives, for every closure', async () => {
    const fromFiles = await captureAll('on the stack');
    const told = await captureAll('elsewhere');
    assert.ok(told.captured.size > 150, `${told.captured.size}`);
    for (const [title, captured] of told.captured) {
      // The engine lists the entries of weak collections in another order each time.
      if (!/\bweak\b/.test(title)) assert.deepEqual(fromFiles.captured.get(title), captured, title);
    }
    // Otherwise both would have been the same way.
    assert.ok(fromFiles.listings < told.listings, `${fromFiles.listings} < ${told.listings}`);
  });

  for (const [name, text] of [
    ['plain.mjs', asModule],
    ['plain.cjs', asCommonJs],
    ['carriage-returns.mjs', asModule.replaceAll('\n', '\r\n')],
    ['hashbang.mjs', `#!/usr/bin/env node\n${asModule}`],
    ['hashbang.cjs', `#!/usr/bin/env node\n${asCommonJs}`],
    ['letters.mjs', `/* é 日本 😀 \u2028 */ ${asModule}`],
    ['mapped.mjs', `${asModule}//# sourceMappingURL=mapped.mjs.map\n`],
    ['one-line.cjs', asCommonJs.replaceAll('\n', ' ')],
  ] as const) {
    it(`is that of the engine: ${name}`, async () => {
      const [fromFile, told] = read(await load(write(name, text)));
      assert.ok(fromFile);
      assert.deepEqual(fromFile, told);
    });
  }

  for (const [name, text] of [
    ['byte-order-mark.mjs', `\uFEFF${asModule}`],
    ['zero.mjs', `/* \0 */ ${asModule}`],
    ['named.mjs', `${asModule}//# sourceURL=elsewhere.js\n`],
    ['mapped-twice.mjs', `//# sourceMappingURL=a.map\n${asModule}//# sourceMappingURL=b.map\n`],
    ['mapped-in-text.cjs', `const text = '//# sourceMappingURL=a.map';\n${asCommonJs}`],
  ] as const) {
    it(`is left to the engine where that may see another text: ${name}`, async () => {
      const [fromFile, told] = read(await load(write(name, text)));
      assert.equal(fromFile, undefined);
      assert.ok(told);
    });
  }

  it('is left to the engine where the file has changed since', async () => {
    const path = write('changed.mjs', `import { sep } from 'node:path'; ${asModule}`);
    const enter = await load(path);
    write('changed.mjs', `import { end } from 'node:path'; ${asModule}`);
    assert.equal(read(enter)[0], undefined);
  });

  it('is left to the engine where the file is loaded twice', async () => {
    const path = write('twice.cjs', asCommonJs);
    const first = await load(path);
    Reflect.deleteProperty(require.cache, path);
    const second = await load(path);
    const [one, two] = [read(first)[1], read(second)[1]];
    // Two of that name are on the stack; later versions of the engine take the one that they have compiled for both.
    const [fromFile] = first(() => second(readBothWays)) as [Script | undefined];
    assert.equal(fromFile?.id, one?.id === two?.id ? two?.id : undefined);
    assert.ok(read(second)[0]);
  });

  it('is never that of another file with the same text', async () => {
    const [one, two] = [await load(write('one.mjs', asModule)), await load(write('two.mjs', asModule))];
    let ofTwo: unknown;
    two((own) => (ofTwo = own));
    const [fromFile, told] = read(one, () => readBothWays(ofTwo as () => unknown));
    assert.equal(fromFile, undefined);
    assert.match(String(told?.url), /two\.mjs$/);
    const queried = await load(join(folder, 'one.mjs'), '?again');
    const [again, toldAgain] = read(queried);
    assert.match(String(again?.url), /\?again$/);
    assert.deepEqual(again, toldAgain);
  });

  it('is left to the engine where the text is no module, whatever its name', () => {
    const path = write('script.js', `${lines.join('\n')}\nenter;`);
    for (const options of [
      { filename: pathToFileURL(path).href },
      { filename: path, lineOffset: 2 },
      { filename: path, columnOffset: 2 },
    ]) {
      const enter = new VmScript(`{ ${lines.join('\n')}\n enter; }`, options).runInThisContext() as Enter;
      assert.equal(read(enter)[0], undefined);
    }
    const whole = `{${lines.join('\n')}\nenter;}`;
    writeFileSync(path, whole);
    const named = new VmScript(whole, { filename: pathToFileURL(path).href });
    assert.equal(read(named.runInThisContext() as Enter)[0], undefined);
    const moved = new VmScript(whole, { filename: path, lineOffset: 1 });
    assert.equal(read(moved.runInThisContext() as Enter)[0], undefined);
  });
});
