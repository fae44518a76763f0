import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { findBrokenRules, findCircularImports } from './layers/check.ts';
import { floors, wrappedPackages } from './layers/floors.ts';
import { listImports } from './layers/imports.ts';
import { root } from './harness/root.ts';

describe('the layers', () => {
  test('hold in src and workers', () => {
    const broken = findBrokenRules(readTree(['src', 'workers']), { floors, wrappedPackages });
    assert.deepEqual(broken, []);
  });

  for (const folder of ['bench', 'examples', 'test']) {
    test(`are no circles in ${folder}`, () => {
      const tree = readTree([folder]);
      for (const file of tree.keys()) if (file.startsWith('test/fixtures/')) tree.delete(file);
      assert.deepEqual(findCircularImports(tree), []);
    });
  }
});

describe('the layer check', () => {
  const house = {
    floors: [
      { level: 3, rooms: ['src/index.ts'] },
      { level: 2, rooms: ['src/flow/', 'workers/'] },
      { level: 1, rooms: ['src/errors.ts', 'src/summary.ts', 'src/journal/'] },
    ],
    wrappedPackages: ['piscina'],
  };
  const check = (files: Record<string, string>): string[] =>
    findBrokenRules(new Map(Object.entries(files)), house);

  test('accepts imports that run downwards, inside a folder, or to a single file of the floor', () => {
    const broken = check({
      'src/index.ts': `export { run } from './flow/run.ts';`,
      'src/flow/run.ts': `import { queue } from './queue.ts'; import { TelarError } from '../errors.ts';`,
      'src/flow/queue.ts': `import { Piscina } from 'piscina';`,
      'src/journal/append.ts': `import { TelarError } from '../errors.ts';`,
      'src/summary.ts': `import { TelarError } from './errors.ts';`,
      'src/errors.ts': '',
    });
    assert.deepEqual(broken, []);
  });

  test('reports a circle also where there are no floors', () => {
    const tree = { 'bench/a.ts': `import './b.ts';`, 'bench/b.ts': `import type { A } from './a.ts';` };
    assert.deepEqual(findCircularImports(new Map(Object.entries(tree))), [
      'Imports run in a circle: bench/a.ts → bench/b.ts → bench/a.ts.',
    ]);
  });

  test('reports an import that runs upwards, also when it is type-only', () => {
    const broken = check({
      'src/errors.ts': `import type { Run } from './flow/run.ts';`,
      'src/flow/run.ts': '',
    });
    assert.deepEqual(broken, [
      'src/errors.ts (floor 1, src/errors.ts) imports src/flow/run.ts (floor 2, src/flow/).',
    ]);
  });

  test('reports an import between neighbours of one floor, also when it is dynamic', () => {
    const broken = check({
      'src/flow/run.ts': '',
      'workers/run-chunk.ts': `await import('../src/flow/run.ts');`,
      'src/summary.ts': `export * from './journal/append.ts';`,
      'src/journal/append.ts': '',
    });
    assert.deepEqual(broken, [
      'workers/run-chunk.ts (floor 2, workers/) imports src/flow/run.ts (floor 2, src/flow/).',
      'src/summary.ts (floor 1, src/summary.ts) imports src/journal/append.ts (floor 1, src/journal/).',
    ]);
  });

  test('reports a circle once, with its path', () => {
    const broken = check({
      'src/flow/a.ts': `import './b.ts';`,
      'src/flow/b.ts': `import './c.ts';`,
      'src/flow/c.ts': `import './b.ts';`,
    });
    assert.deepEqual(broken, ['Imports run in a circle: src/flow/b.ts → src/flow/c.ts → src/flow/b.ts.']);
  });

  test('reports a wrapped package that two files import', () => {
    const broken = check({
      'src/flow/threads.ts': `import { Piscina } from 'piscina';`,
      'workers/run-chunk.ts': `import type { Task } from 'piscina/dist/types.js';`,
    });
    assert.deepEqual(broken, [
      'piscina is imported in more than one file: src/flow/threads.ts, workers/run-chunk.ts.',
    ]);
  });

  test('reports a file that stands on no floor', () => {
    const broken = check({ 'src/utils.ts': '', 'src/index.ts': `import './helpers/x.ts';` });
    assert.deepEqual(broken, [
      'src/utils.ts stands on no floor: give it a place in test/layers/floors.ts.',
      'src/index.ts imports src/helpers/x.ts, which stands on no floor.',
    ]);
  });
});

describe('listImports', () => {
  test('finds static, type-only, re-exported, side-effect and dynamic imports', () => {
    const source = `
      import a, { b } from './a.ts';
      import type { C } from "./c.ts";
      import './d.ts';
      export { e } from './e.ts';
      export type * from './f.ts';
      const g = await import('./g.ts');
      let h: import('./h.ts').H;
      const i = await import(/* webpackIgnore: true */ './i.ts');
      const j = require('./j.cjs');`;
    assert.deepEqual(
      listImports(source).join(' '),
      './a.ts ./c.ts ./d.ts ./e.ts ./f.ts ./g.ts ./h.ts ./i.ts ./j.cjs',
    );
  });

  test('takes no import from comments, strings, templates or calls', () => {
    const source = `
      // import './comment.ts';
      /** @example import { x } from './example.ts'; */
      const text = "import './text.ts'";
      const page = \`import './page.ts'\`;
      const quote = /['"\`/*]/; const list = Array.from('./list');
      import './real.ts';`;
    assert.deepEqual(listImports(source), ['./real.ts']);
  });
});

function readTree(folders: readonly string[]): Map<string, string> {
  const tree = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.ts')) continue;
      const file = `${folder}/${entry.replaceAll('\\', '/')}`;
      tree.set(file, readFileSync(new URL(file, root), 'utf8'));
    }
  }
  return tree;
}
