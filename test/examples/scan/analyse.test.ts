import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { analyse } from '../../../examples/scan/analyse.ts';
import type { Row } from '../../../examples/scan/analyse.ts';
import { parseSource } from '../../../examples/scan/parse-source.ts';
import type { Structure } from '../../../examples/scan/parse-source.ts';

const encode = (source: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(source);
const analyseText = (source: string, path = 'file.js'): Row =>
  analyse({ path, package: 'p', bytes: encode(source) });

function count(source: string): Structure {
  const parsed = parseSource(encode(source));
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
  return parsed.structure;
}

describe('analyse', () => {
  test('measures and parses a file', () => {
    const source = 'export const one = () => 1;\n'.replace('one', 'o'.repeat(500));
    const row = analyseText(source);
    assert.ok(row.outcome === 'parsed');
    const { gzip, brotli, ...rest } = row;
    assert.deepEqual(rest, {
      path: 'file.js',
      package: 'p',
      outcome: 'parsed',
      bytes: source.length,
      lines: 1,
      sha256: createHash('sha256').update(source).digest('hex'),
      kind: 'module',
      functions: 1,
      imports: 0,
      longest: { name: 'anonymous', line: 1, lines: 1 },
    });
    assert.ok(gzip < 100 && brotli < 100, `${gzip}, ${brotli}`);
  });

  for (const [source, lines] of [
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n\n', 2],
  ] as const) {
    test(`counts ${lines} lines in ${JSON.stringify(source)}`, () => {
      const row = analyseText(source);
      assert.ok(row.outcome === 'parsed');
      assert.equal(row.lines, lines);
    });
  }

  for (const path of ['a.d.ts', 'a.d.mts', 'a.d.cts']) {
    test(`measures ${path} and does not parse it`, () => {
      const row = analyseText('export declare const one: 1;\n', path);
      assert.equal(row.outcome, 'declaration');
      assert.ok(!('functions' in row));
    });
  }

  test('gives a file that does not parse as an outcome, with its measures', () => {
    const row = analyseText('const = 1;');
    assert.ok(row.outcome === 'does not parse');
    assert.equal(row.reason, 'Unexpected token (1:6)');
    assert.equal(row.bytes, 10);
  });

  test('gives a file that cannot be read as an outcome', () => {
    assert.deepEqual(analyse({ path: 'a.js', package: 'p', problem: 'EACCES' }), {
      path: 'a.js',
      package: 'p',
      outcome: 'unreadable',
      reason: 'EACCES',
    });
  });

  test('survives bytes that are no text, and nesting that exhausts the stack', () => {
    const bytes = Uint8Array.from({ length: 997 }, (_, at) => (at * 7919) % 256);
    assert.equal(analyse({ path: 'a.js', package: 'p', bytes }).outcome, 'does not parse');
    assert.equal(analyseText('['.repeat(100_000)).outcome, 'does not parse');
  });
});

describe('parseSource', () => {
  test('parses what only a script may say', () => {
    assert.equal(count('with (a) b;').kind, 'script');
    assert.equal(count('if (a) return;').kind, 'script');
    assert.equal(count('#!/usr/bin/env node\nvar await = 1;').kind, 'script');
  });

  test('tells a module by its declarations', () => {
    assert.equal(count(`import 'a';`).kind, 'module');
    assert.equal(count('export default 1;').kind, 'module');
    assert.equal(count('const a = 1;').kind, 'script');
  });

  test('counts all forms of functions', () => {
    const { functions } = count(`
      function a() {} const b = () => {}; const c = function () {};
      class D { e() {} get f() { return () => {}; } }
      export default function () {}`);
    assert.equal(functions, 7);
  });

  test('counts imports, re-exports, import() and require() of a literal', () => {
    const { imports } = count(`
      import 'a'; import b from 'b'; export * from 'c'; export { d } from 'd'; export { b };
      await import('e'); require('f'); require(name); b.require('g');`);
    assert.equal(imports, 6);
  });

  const longest: [source: string, name: string, line: number, lines: number][] = [
    ['function a() {}\nfunction b() {\n}', 'b', 2, 2],
    ['function a() {\n}\nfunction b() {\n}', 'a', 1, 2],
    ['const a = () => {\n\n};', 'a', 1, 3],
    ['exports.a = function () {\n};', 'exports.a', 1, 2],
    ['class A {\n  #b() {\n  }\n}', '#b', 2, 2],
    ['x = { a() {\n} }', 'a', 1, 2],
    ['list.map(() => {\n});', 'anonymous', 1, 2],
    ['(function wrapper() {\n  function a() {\n  }\n})();', 'a', 2, 2],
    ['(function wrapper() {\n  function a() {\n  }\n}).call(this);', 'a', 2, 2],
  ];
  for (const [source, name, line, lines] of longest) {
    test(`finds the longest function of ${JSON.stringify(source)}`, () => {
      assert.deepEqual(count(source).longest, { name, line, lines });
    });
  }

  test('finds none where all functions are called in place', () => {
    assert.ok(!('longest' in count('(() => 1)();')));
  });
});
