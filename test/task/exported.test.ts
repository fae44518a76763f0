import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { captureTask } from '../../src/task/capture/capture.ts';
import { findExported } from '../../src/task/reference/find-exported.ts';

type Module = Readonly<Record<string, Function>>;

const folder = mkdtempSync(join(tmpdir(), 'telar-exported-'));
after(() => rmSync(folder, { recursive: true }));
const require = createRequire(import.meta.url);
let count = 0;

async function load(text: string, end = '.mjs'): Promise<Module> {
  const path = join(folder, `${count++}${end}`);
  writeFileSync(path, text);
  return (end === '.cjs' ? require(path) : await import(pathToFileURL(path).href)) as Module;
}

/** Texts of modules, whose export `get` gives a function. */
const FOUND: readonly (readonly [title: string, text: string, name: string])[] = [
  ['a declaration', 'export function f(x) { return x; }', 'f'],
  ['behind other lines', `// é 日本 😀\n\n  export  function f(x) { return x; }`, 'f'],
  ['behind carriage returns', `const a = 1;\r\nexport function f(x) { return x + a; }`, 'f'],
  ['an asynchronous function', 'export async function f(x) { return x; }', 'f'],
  ['a generator', 'export function* f(x) { yield x; }', 'f'],
  ['an asynchronous generator', 'export async function *f(x) { yield x; }', 'f'],
  ['an arrow function', 'export const f = (x) => x;', 'f'],
  ['an arrow function without brackets', 'export const f = x => x;', 'f'],
  ['an asynchronous arrow function', 'export let f = async (x) => x;', 'f'],
  ['a function expression', 'export var f = function (x) { return x; };', 'f'],
  ['an expression with a name of its own', 'export const f = function g(x) { return x; };', 'f'],
  ['a default with a name', 'export default function f(x) { return x; }', 'default'],
  ['signs in its name', 'export const $f_1 = (x) => x;\nexport const get = () => $f_1;', '$f_1'],
];

/** Texts where it takes the parser to tell, or the function is no export. */
const LEFT: readonly (readonly [title: string, text: string])[] = [
  ['a list of exports', 'function f(x) { return x; }\nexport { f };'],
  ['a comment that says so', '/* export */ function f(x) { return x; }\nexport const get = () => f;'],
  ['a line before that says so', '// export\nfunction f(x) { return x; }\nexport const get = () => f;'],
  [
    'a variable that is another function now',
    'export let f = (x) => x;\nconst first = f;\nf = (x) => -x;\nexport const get = () => first;',
  ],
  ['a wrapped function', 'const wrap = (fn) => fn;\nexport const f = wrap((x) => x);'],
  ['a function inside of an export', 'export function get() { function f(x) { return x; } return f; }'],
  [
    'a function of the same name inside',
    'export function f() { return 1; }\nexport const get = () => { function f(x) { return x; } return f; };',
  ],
  ['a class', 'export class F {}\nexport const get = () => F;'],
  ['a bound function', 'export const f = function (x) { return x; }.bind(null);'],
  ['a function made from a string', `export const f = new Function('x', 'return x');`],
  ['a proxy', 'export const f = new Proxy(function (x) { return x; }, {});'],
];

function pick({ f, get, default: main }: Module): Function {
  return (get?.() as Function | undefined) ?? f ?? (main as Function);
}

describe('an export that is found without the parser', () => {
  for (const [title, text, name] of FOUND) {
    it(`is what the parser finds: ${title}`, async () => {
      const fn = pick(await load(text));
      const found = findExported(fn);
      assert.deepEqual(found, captureTask(fn));
      assert.equal(found?.name, name);
    });
  }

  for (const [title, text] of LEFT) {
    it(`is left to the parser where that is not certain: ${title}`, async () => {
      assert.equal(findExported(pick(await load(text))), undefined);
    });
  }

  it('is found in CommonJS', async () => {
    const text = 'exports.f = (x) => x; exports.get = () => exports.f; exports.other = () => (x) => x;';
    const module = await load(text, '.cjs');
    const found = findExported(pick(module));
    assert.deepEqual(found, captureTask(pick(module)));
    assert.equal(found?.name, 'f');
    assert.equal(findExported((module['other'] as () => Function)()), undefined);
  });

  it('is found where the file is loaded under another URL', async () => {
    await load('export function f(x) { return x; }');
    const url = `${pathToFileURL(join(folder, `${count - 1}.mjs`)).href}?again`;
    const { f } = (await import(url)) as Module;
    assert.deepEqual(findExported(f as Function), { kind: 'reference', url, name: 'f' });
  });

  it('is left to the parser where the file has changed since, or is gone', async () => {
    const { f } = await load('export function f(x) { return x; }');
    const path = join(folder, `${count - 1}.mjs`);
    writeFileSync(path, 'const a = 1; export function f(x) { return x; }');
    assert.equal(findExported(f as Function), undefined);
    rmSync(path);
    assert.equal(findExported(f as Function), undefined);
  });

  it('is left to the parser while its module calls', async () => {
    const find = Symbol.for('telar.test.find');
    Reflect.set(globalThis, find, findExported);
    const text = `const find = globalThis[Symbol.for('telar.test.find')];
      export function f(x) { return x; }
      export const early = find(f);
      export const late = () => find(f);`;
    const { f, early, late } = await load(text);
    Reflect.deleteProperty(globalThis, find);
    assert.equal(early, undefined);
    assert.equal((late as () => unknown)(), undefined);
    assert.equal(findExported(f as Function)?.name, 'f');
  });

  it('is looked for on the stack first, for which all scripts need not be listed', async (t) => {
    const { mock } = t.mock.method(Session.prototype, 'post');
    const countLists = (): number =>
      mock.calls.filter(({ arguments: [method] }) => String(method).endsWith('Coverage')).length;
    const look = async (text: string, end?: string): Promise<unknown> =>
      (await load(text, end))['find']?.(findExported);
    assert.equal(await look('const f = (x) => x;\nexport const find = (look) => look(f);'), undefined);
    const text = 'const f = (x) => x;\nmodule.exports = { f, find: (look) => look(f)?.name };';
    assert.equal(await look(text, '.cjs'), 'f');
    assert.ok(mock.callCount() > 0);
    assert.equal(countLists(), 0);
    const { f } = await load('export const f = (x) => x;');
    assert.equal(findExported(f as Function)?.name, 'f');
    assert.equal(countLists(), 1);
  });

  it('is no native function, and no function of Node', () => {
    for (const fn of [Math.max, require('node:path').basename as Function, setTimeout])
      assert.equal(findExported(fn), undefined);
  });
});
