import { createHash } from 'node:crypto';
import defaultFs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { basename as base, sep } from 'node:path';
import process, { argv0 } from 'node:process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, inspect } from 'node:util';
import { parse } from 'acorn';
import * as acorn from 'acorn';
import quintuple, { double, limit, nameOf, triple as threefold } from '../fixtures/exports.ts';
import * as all from '../fixtures/exports.ts';
import { twice } from '../fixtures/re-exports.ts';
import { perWorker } from '../../../src/task/handle/per-worker.ts';
import { type Case, type Enter, listCases } from './case.ts';

const require = createRequire(import.meta.url);
const common = require('../../../../test/fixtures/task/common.cjs') as Record<string, () => () => unknown>;
const { negate } = require('../../../../test/fixtures/task/neighbour.cjs') as {
  negate: (value: number) => number;
};
const data = require('../../../../package.json') as { name: string };
const loaded = await import('../fixtures/exports.ts');
const { fourfold } = await import('../fixtures/exports.ts');
const steps = { double, threefold, join: path.join };
const measure = (value: number): number => double(value) + limit;
const dictionary = perWorker(() => new Map([['a', limit]]));
const laterDictionary = perWorker(async () => Promise.resolve(double(limit)));
const numbered = perWorker(() => ({ uses: 0 }));

export const importCases: readonly Case[] = listCases(6, {
  'a named import': (value: number) => double(value),
  'a renamed import': (value: number) => threefold(value),
  'a default import': (value: number) => quintuple(value),
  'a namespace import': (value: number) => [all.fourfold(value), all.limit, Object.keys(all).length],
  'a value import': () => limit,
  'a re-exported import': (value: number) => twice(value),
  'an import that imports': () => nameOf('/a/b.c'),
  'a captured function that imports': (value: number) => measure(value),
  'a function that its module keeps': all.getHidden(),
  'such a function, captured': (value: number) => all.getHidden()(value),
  'named imports of Node': () => [base('/x/y'), sep, argv0 === process.argv0, fileURLToPath('file:///a')],
  'namespace and default imports of Node': () => [path.posix.join('a', 'b'), typeof defaultFs.readFileSync],
  'reading a file': () =>
    readFileSync(new URL('./imports.js', import.meta.url), 'utf8').includes('reading a file'),
  hashing: (value: number) => createHash('sha256').update(String(value)).digest('hex'),
  'utilities of Node': (value: number) => [inspect({ value }), isDeepStrictEqual([value], [6])],
  'a package': () => (parse('a + b', { ecmaVersion: 2020 }).body[0] as { type: string }).type,
  'a package as a namespace': () => acorn.version,
  'imports in an object': (value: number) => [
    steps.double(value),
    steps.threefold(value),
    steps.join('a', 'b'),
  ],
  'an import as the task': double,
  'import.meta': () => [import.meta.url, import.meta.dirname, import.meta.filename],
  'import.meta.resolve': () => [import.meta.resolve('./case.js'), import.meta.resolve('node:fs')],
  'import.meta twice in a line': () => [import.meta.url, import.meta.url.length],
  'a dynamic import': async (value: number) => (await import('../fixtures/exports.ts')).double(value),
  'a dynamic import of Node': async () => (await import('node:path')).basename('/q/r'),
  'a dynamic import of a package': async () => (await import('acorn')).version,
  'a dynamic import of JSON': async () => {
    const where = new URL('../../../../package.json', import.meta.url).href;
    return ((await import(where, { with: { type: 'json' } })) as { default: { name: string } }).default.name;
  },
  'a module that was imported dynamically': (value: number) => loaded.double(value),
  'a part of a module that was imported dynamically': (value: number) => fourfold(value),
  'JSON by require': () => data.name,
  'require itself': () => (require('node:os') as { EOL: string }).EOL,
  'require of a relative module': (value: number) =>
    (require('../../../../test/fixtures/task/neighbour.cjs') as { negate: (value: number) => number }).negate(
      value,
    ),
  'a function of a CommonJS module': (value: number) => negate(value),
  'a CommonJS module': () => Object.keys(common).length,
  'a closure of a CommonJS module': common['getAddOffset']?.() as () => unknown,
  'require of Node in CommonJS': common['getJoin']?.() as () => unknown,
  'require of a relative module in CommonJS': common['getNeighbour']?.() as () => unknown,
  'exports in CommonJS': common['getOwnExports']?.() as () => unknown,
  'require in a CommonJS closure': common['getRequire']?.() as () => unknown,
  'file names in CommonJS': common['getFileName']?.() as () => unknown,
  'sloppy code in CommonJS': common['getSloppy']?.() as () => unknown,
  'a value of each worker': () => dictionary().get('a'),
  'a later value of each worker': async () => await laterDictionary(),
  'a value of each worker is made once': () => {
    numbered().uses = 0;
    numbered().uses += 1;
    return numbered().uses;
  },
});

export const enter: Enter = (visit) => visit();
