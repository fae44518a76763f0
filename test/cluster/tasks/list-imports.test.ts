import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { listImports } from '../../../src/cluster/tasks/list-imports.ts';
import { root } from '../../harness/root.ts';

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };

/** Lists what a parser finds; `undefined` for a text that it cannot parse. */
function findImports(text: string): string[] | undefined {
  const found: { readonly start: number; readonly specifier: string }[] = [];
  const add = ({ start }: Node, source: unknown): void => {
    const { type, value, expressions, quasis } = (source ?? {}) as Node;
    const cooked = (quasis as { value: { cooked: string } }[] | undefined)?.[0]?.value.cooked;
    if (type === 'Literal' && typeof value === 'string') found.push({ start, specifier: value });
    if (type === 'TemplateLiteral' && (expressions as []).length === 0 && cooked !== undefined) {
      found.push({ start, specifier: cooked });
    }
  };
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as Node;
    const callee = node['callee'] as Node | undefined;
    if (/^(?:Import|ExportAll|ExportNamed)Declaration$/.test(node.type)) add(node, node['source']);
    if (node.type === 'ImportExpression') add(node, node['source']);
    if (node.type === 'CallExpression' && callee?.['name'] === 'require') {
      add(node, (node['arguments'] as unknown[])[0]);
    }
    for (const part of Object.values(node)) walk(part);
  };
  for (const sourceType of ['module', 'script'] as const) {
    try {
      walk(parse(text, { ecmaVersion: 'latest', sourceType, allowReturnOutsideFunction: true }));
      return found.toSorted((a, b) => a.start - b.start).map(({ specifier }) => specifier);
    } catch {
      // The text may be a script and no module.
    }
  }
  return undefined;
}

test('finds what a parser finds, in modules of both kinds', () => {
  let imports = 0;
  for (const folder of ['dist/src/flow', 'dist/src/task', 'node_modules/pg', 'node_modules/ioredis/built']) {
    const path = fileURLToPath(new URL(`${folder}/`, root));
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\.[cm]?js$/.test(name))) {
      const text = readFileSync(`${path}${file}`, 'utf8');
      const expected = findImports(text);
      if (expected !== undefined) assert.deepEqual(listImports(text), expected, file);
      imports += expected?.length ?? 0;
    }
  }
  assert.ok(imports > 500);
});

const cases: readonly (readonly [source: string, specifiers: readonly string[]])[] = [
  [
    `import './a'; import b from "./b"; import * as c from './c'; import d, { e as f } from './d';`,
    ['./a', './b', './c', './d'],
  ],
  [
    `export * from './a'; export * as b from './b'; export { c } from './c'; export { d };`,
    ['./a', './b', './c'],
  ],
  [
    `import{a}from'./a';export{b}from"./b";import json from './c.json' with { type: 'json' };`,
    ['./a', './b', './c.json'],
  ],
  [`import { 'odd name' as a } from './a';`, ['./a']],
  [
    'await import("./a"); import(`./b`); import(/* webpack */ "./c", { with: {} }); import("./d" + e); import(`./${f}`)',
    ['./a', './b', './c'],
  ],
  [
    `const a = require('./a'); module.require('./b'); exports.from('./c'); x.import('./d'); require('./e' )`,
    ['./a', './e'],
  ],
  [
    `// import './a'\n/* import './b' */ const c = "import './c'"; const d = \`import './d' \${"from './e'"} from './f'\`;`,
    [],
  ],
  [
    `const re = /import '.\\/a'[/"']/; const b = x / y; import './b'; if (x) /'/.test(y); import './c'; (x) / y; import './d'`,
    ['./b', './c', './d'],
  ],
  ["const a = `${b ? `${c}` : { d: `}` }}`; import './a'; const e = `\\``; import './b'", ['./a', './b']],
  [`#!/usr/bin/env node\nimport './a'`, ['./a']],
  [`import './\\u0061'`, ['./u0061']],
  [
    `import type { A } from './a'; import type B from './b'; export type { C } from './c'; export type * from './d';`,
    [],
  ],
  [
    `import { type A, b } from './a'; import type from './b'; import type, { c } from './c'; import d = require('./d');`,
    ['./a', './b', './c', './d'],
  ],
  [`export type A = string\nimport { b } from './b'\nexport type { C }\nimport d from './d'`, ['./b', './d']],
  [`const a = <p>Don't</p>;\nimport './a';\nconst b = <b title="it's">/</b>;\nimport './b';`, ['./a', './b']],
  ['', []],
  [`import './a`, ['./a']],
];

test('finds imports in all forms, and none in comments, texts and types', () => {
  for (const [source, specifiers] of cases) assert.deepEqual(listImports(source), specifiers, source);
});
