import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parallelMap, Pool } from 'telar';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';

/** A package in the manner of chalk, Zod and p-limit: with symbols, caches, settings under a global name, and a counter. */
const text = `
const STYLE = Symbol('style');
const NAMELESS = Symbol();
function paint(style) {
  const painter = (text) => painter[STYLE] + text + painter[NAMELESS] + (STYLE.description ?? '?');
  painter[STYLE] = style;
  painter[NAMELESS] = '/';
  painter.values = { kind: STYLE };
  painter.isOwn = () => painter.values.kind === STYLE && STYLE in painter && STYLE !== NAMELESS;
  return painter;
}
let found;
let last;
const seen = [];
function schema(words) {
  globalThis.__zod_globalConfig.language ??= 'en';
  const own = {
    check(word) {
      if (found === undefined) found = seen.length;
      last = word;
      return [words.includes(last), describe(own), found];
    },
  };
  Object.defineProperty(own, '_zod', { value: { words } });
  return own;
}
globalThis.__zod_globalConfig ??= {};
class Registry {
  _map = new WeakMap();
  add(value, noted) { this._map.set(value, noted); }
}
globalThis.__zod_globalRegistry ??= new Registry();
const note = (value, noted) => globalThis.__zod_globalRegistry.add(value, noted);
function describe(value) {
  const { language } = globalThis.__zod_globalConfig;
  return [language, globalThis.__zod_globalRegistry._map.get(value)?.title, seen.length].join();
}
function limit() {
  let count = 0;
  let total = 0;
  return { up: () => ++count, sum: (n) => { total = total + n; return total; }, more: (n) => (total += n) };
}
const tag = (value) => ({ [Symbol('unknown')]: value });
`;

interface Library {
  readonly paint: (style: string) => ((text: string) => string) & { isOwn: () => boolean };
  readonly schema: (words: readonly string[]) => { check: (word: string) => unknown };
  readonly note: (value: object, noted: { readonly title: string }) => void;
  readonly limit: () => Readonly<Record<'up' | 'sum' | 'more', (n: number) => number>>;
  readonly tag: (value: unknown) => object;
}

const names = 'paint, schema, note, describe, limit, tag';
const folder = await makeFolder('packages');
after(() => removeFolder(folder));
const home = join(folder, 'node_modules', 'library');
mkdirSync(home, { recursive: true });
writeFileSync(join(home, 'library.mjs'), `${text}export { ${names} };`);
writeFileSync(join(home, 'library.cjs'), `${text}module.exports = { ${names} };`);
// The helper is written as that of @babel/runtime, on the first call and after.
const replaced = `
function parent(value) {
  return module.exports = parent = Object.getPrototypeOf.bind(), module.exports.default = module.exports, parent(value);
}
module.exports = parent, module.exports.default = module.exports;
`;
writeFileSync(join(home, 'parent.cjs'), replaced);
const require = createRequire(import.meta.url);

for (const kind of ['mjs', 'cjs']) {
  const file = join(home, `library.${kind}`);
  describe(`values of a package travel with what it keeps for itself (${kind})`, () => {
    let library: Library;
    const pool = new Pool({ workers: 1 });
    before(async () => {
      library = (kind === 'cjs' ? require(file) : await import(pathToFileURL(file).href)) as Library;
    });
    after(() => pool.close());

    it('symbols that it made, as keys and values', async () => {
      const red = library.paint('red');
      const task = (word: string): unknown => [red(word), red.isOwn()];
      assert.deepEqual(await parallelMap(['a', 'b'], task, { pool }), ['a', 'b'].map(task));
    });

    it('what it has found out once, its settings, and what it has noted', async () => {
      const known = library.schema(['a']);
      library.note(known, { title: 'known' });
      const task = (word: string): unknown => known.check(word);
      const onWorker = parallelMap(['a', 'b'], task, { pool });
      assert.deepEqual(await onWorker, [
        [true, 'en,known,0', 0],
        [false, 'en,known,0', 0],
      ]);
      assert.deepEqual(await onWorker, ['a', 'b'].map(task));
    });

    it('but no counter, which would be another one in each worker', () => {
      const { up, sum, more } = library.limit();
      for (const task of [() => up(1), () => sum(1), () => more(1)])
        assert.throws(() => resolveTask(task), {
          name: 'CaptureError',
          message: /`(?:count|total)`.*assigns/,
        });
    });

    it('and no symbol that none of its functions has in a variable', () => {
      const tagged = library.tag(1);
      assert.throws(() => resolveTask(() => tagged), {
        name: 'CaptureError',
        message: /a symbol that only this thread knows \(`tagged\[Symbol\(unknown\)\]`\)/,
      });
    });
  });
}

describe('functions that are all that a module of a package exports', () => {
  interface Parent {
    (value: unknown): unknown;
    default: (value: unknown) => unknown;
  }
  const pool = new Pool({ workers: 1 });
  after(() => pool.close());

  it('travel before and after they have put another one in their place', async () => {
    const file = join(home, 'parent.cjs');
    const first = require(file) as Parent;
    const task = (value: object): unknown => [first(value) === Object.prototype, first.default === first];
    const onWorker = await parallelMap([{}], task, { pool });
    assert.deepEqual(onWorker, [task({})]);
    const second = require(file) as Parent;
    assert.notEqual(first, second, 'it has replaced itself');
    assert.deepEqual(await parallelMap([{}], task, { pool }), [task({})]);
    const other = (value: object): unknown => [second(value) === Object.prototype, second.default === second];
    assert.deepEqual(await parallelMap([{}], other, { pool }), [other({})]);
  });
});

it('a bound function has what was put on it', async () => {
  const add = (left: number, right: number): number => left + right;
  const addTwo = Object.assign(add.bind(undefined, 2), {
    label: 'two',
    twice: (n: number) => addTwo(addTwo(n)),
  });
  const task = (n: number): unknown => [addTwo(n), addTwo.label, addTwo.twice(n), Object.keys(addTwo)];
  assert.deepEqual(await parallelMap([1], task), [task(1)]);
});
