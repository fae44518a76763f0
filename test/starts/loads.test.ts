import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { root } from '../harness/root.ts';

const ENTRY = new URL('dist/bundle/telar.js', root).href;

/** Prints what was loaded by an import of the main entry, of Node's own modules, of packages, and of files. */
const PROGRAM = `
  import Module from 'node:module';
  import { readFileSync } from 'node:fs';
  const before = new Set(process.moduleLoadList);
  await import('${ENTRY}');
  const nodes = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ') && !before.has(name));
  const files = new Map();
  const add = (url) => {
    if (files.has(url)) return;
    const text = readFileSync(new URL(url), 'utf8');
    files.set(url, text.length);
    for (const [, one, other] of text.matchAll(/\\b(?:import|export)\\b[^;'"]*?from ?"(\\.[^"]+)"|\\bimport ?"(\\.[^"]+)"/g))
      add(new URL(one ?? other, url).href);
  };
  add('${ENTRY}');
  console.log(JSON.stringify({
    nodes: nodes.map((name) => name.slice('NativeModule '.length)),
    packages: Object.keys(Module._cache),
    files: files.size,
    bytes: [...files.values()].reduce((sum, size) => sum + size, 0),
  }));
`;

/** Modules that a first call may need, and an import does not: each is loaded at the first need. */
const LATER = [
  'internal/util/parse_args/parse_args',
  'inspector',
  'child_process',
  'crypto',
  'http',
  'https',
  'zlib',
  'tls',
  'readline',
  'vm',
  'v8',
];

interface Loaded {
  readonly nodes: readonly string[];
  readonly packages: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

describe('an import of the main entry', () => {
  const loaded = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8' }),
  ) as Loaded;

  it('loads no package: piscina comes with the first worker, acorn with the first closure', () => {
    assert.deepEqual(loaded.packages, []);
  });

  it('loads none of the modules of Node that only some programs need', () => {
    const early = LATER.filter((name) => loaded.nodes.includes(name));
    assert.deepEqual(early, []);
  });

  it('reads no more files, and no longer ones, than it does now', () => {
    assert.ok(loaded.files > 1 && loaded.files <= 4, `${loaded.files} files`);
    assert.ok(loaded.bytes > 100_000 && loaded.bytes <= 250_500, `${loaded.bytes} bytes`);
  });
});
