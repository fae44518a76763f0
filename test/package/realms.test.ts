import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

/** Loads a module, and all that it imports, into a realm of its own, as Jest and Vitest's vm pools do. */
const host = `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const context = vm.createContext({ process, console, Buffer, performance, setTimeout, clearTimeout, setInterval,
  clearInterval, setImmediate, queueMicrotask, structuredClone, URL, URLSearchParams, AbortController, AbortSignal,
  DOMException, MessageChannel, MessagePort, Event, EventTarget, TextEncoder, TextDecoder, Blob });
const modules = new Map();
const cache = {};
const resolve = (specifier, base) => specifier === 'telar' ? ${JSON.stringify(new URL('dist/bundle/telar.js', root).href)} : new URL(specifier, base).href;

async function load(specifier, base) {
  const isOwn = specifier === 'telar' || specifier.startsWith('.') || specifier.startsWith('file:');
  const key = isOwn ? resolve(specifier, base) : specifier;
  if (!modules.has(key)) modules.set(key, isOwn ? readModule(key) : await wrap(specifier, base));
  return modules.get(key);
}

function readModule(identifier) {
  return new vm.SourceTextModule(readFileSync(fileURLToPath(identifier), 'utf8'), {
    identifier, context,
    initializeImportMeta: (meta) => { meta.url = identifier; },
    importModuleDynamically: (specifier) => start(specifier, identifier),
  });
}

async function wrap(specifier, base) {
  const found = specifier.startsWith('node:') ? specifier : createRequire(base).resolve(specifier);
  const namespace = { ...await import(found) };
  if (specifier === 'node:module') namespace.default = { ...namespace.default, createRequire: createOwnRequire };
  return new vm.SyntheticModule(Object.keys(namespace), function () {
    for (const name of Object.keys(namespace)) this.setExport(name, namespace[name]);
  }, { context });
}

/** Makes a require() like that of a test runner: files run in the realm, packages and built-in modules are those of Node. */
function createOwnRequire(base) {
  const require = createRequire(base);
  const ownRequire = (path) => {
    if (path === 'node:module') return Object.assign(Object.create(require(path)), { createRequire: createOwnRequire });
    if (!path.startsWith('.')) return require(path);
    const filename = require.resolve(path);
    const module = { exports: {} };
    const parameters = ['module', 'exports', 'require', '__filename'];
    const run = vm.compileFunction(readFileSync(filename, 'utf8'), parameters, { filename, parsingContext: context });
    run(module, module.exports, Object.assign(createOwnRequire(filename), { resolve: require.resolve }), filename);
    cache[filename] = Object.assign(module, { loaded: true });
    return module.exports;
  };
  return Object.assign(ownRequire, { cache });
}

async function start(specifier, base) {
  const module = await load(specifier, base);
  if (module.status === 'unlinked') await module.link((inner, { identifier }) => load(inner, identifier));
  await module.evaluate();
  return module;
}

await start('./main.js', import.meta.url);
`;

const main = `
import Module from 'node:module';
import { parallelMap, pipeline, Pool, spawn, transfer } from 'telar';
const k = 2;
const words = new Map([[1, 'one']]);
const counter = Module.createRequire(import.meta.url)('./node_modules/counter/index.cjs');
const say = (value) => console.log(JSON.stringify(value));
say(await parallelMap([1, 2], (x) => x * k));
say(await parallelMap([1, 2], (x) => counter.count(x) > 0));
say(await parallelMap([{ x: 1 }, { x: 2 }], ({ x }) => ({ x, word: words.get(x) ?? null })));
say(await pipeline([1, 2]).cpu((x) => x * k).toArray());
class Doubler { double(x) { return x * k; } }
const doubler = await spawn(Doubler);
say(await doubler.double(2));
await spawn.close(doubler);
say((await parallelMap([transfer(new Uint8Array(3))], (bytes) => bytes.length))[0]);
const pool = new Pool({ workers: 1, isolate: 'process' });
say(await parallelMap([1, 2], (x) => x * k, { pool }));
await pool.close();
// Node 20 has the symbol in its main realm only: compilers then ask for this one.
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
const other = await spawn(Doubler);
say([other, pool, other.double(1)].map((it) => typeof it[asyncDispose]));
await other[asyncDispose]();
await parallelMap([1], () => { throw new RangeError('no'); }).catch((error) => say([error.name, error.cause.name]));
`;

describe('in a realm of its own', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('realms');
    await writeFile(join(folder, 'host.mjs'), host);
    await writeFile(join(folder, 'main.js'), main);
    await mkdir(join(folder, 'node_modules/counter'), { recursive: true });
    const counter = 'let total = 0; module.exports = { count: (x) => (total += x) };';
    await writeFile(join(folder, 'node_modules/counter/index.cjs'), counter);
  });
  after(() => removeFolder(folder));

  test('the package serves what it serves elsewhere', async () => {
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const printed = await runProgram(process.execPath, [...flags, 'host.mjs'], folder);
    assert.deepEqual(printed.trim().split('\n'), [
      '[2,4]',
      '[true,true]',
      '[{"x":1,"word":"one"},{"x":2,"word":null}]',
      '[2,4]',
      '4',
      '3',
      '[2,4]',
      '["function","function","function"]',
      '["TaskError","RangeError"]',
    ]);
  });
});
