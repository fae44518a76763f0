import type { Way } from '../way.ts';

/** A test that runs the rows, and one that a function of the runner, which only the test's thread has, is refused by name. */
function write(imports: string, mock: string): string {
  return `${imports}
import { groups } from './groups.js';
import { runRows } from './run-rows.js';
import { refused } from './table.js';

const double = ${mock}.fn((x) => x * 2);
const mocks = { 'a function of the runner': refused((x) => double(x), 'double', /mock.*importTasks/s) };

test('all rows', () => runRows({ ...groups, mocks }), 600_000);
`;
}

/** Less is known of files that Jest runs in its own realm, with modules of its own, than elsewhere. */
const byJest = {
  'flow: a transferred result': 'the realm has typed arrays of another one for its own',
  'builtIn: the console in an object': 'the console is an object of Jest',
};

const vitest = {
  kit: 'vitest',
  form: { language: 'ts', modules: 'esm', decorators: 'legacy', without: ['typescript/auto-accessors'] },
  files: {
    'rows.test.ts': write("import { test, vi } from 'vitest';", 'vi'),
    // Vite compiles decorators where it is told that they are those of before the standard.
    'tsconfig.json': JSON.stringify({ compilerOptions: { experimentalDecorators: true, target: 'es2022' } }),
  },
} as const;

const jest = {
  kit: 'jest',
  refused: byJest,
  env: { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
  run: ['jest', '--ci', '--runInBand'],
} as const;

function configure(test: string, options: object = {}): Readonly<Record<string, string>> {
  return { 'rows.test.js': test, 'jest.config.json': JSON.stringify({ transform: {}, ...options }) };
}

/** Gives the realm of jsdom the globals that rows use by themselves, and that it lacks. */
const JSDOM_LACKS = `
const { deserialize, serialize } = require('node:v8');
const structuredClone = (value) => deserialize(serialize(value));
Object.assign(globalThis, require('node:timers'), require('node:util'), { structuredClone });
`;

/** Test runners. */
export const runnerWays: readonly Way[] = [
  ...['forks', 'threads', 'vmThreads'].map((pool) => ({
    ...vitest,
    name: `vitest-${pool}`,
    quick: pool === 'forks',
    run: ['vitest', 'run', '--pool', pool] as const,
  })),
  {
    ...jest,
    name: 'jest-esm',
    nodes: ['20', '22', '24'],
    quick: true,
    form: { language: 'js', modules: 'esm' },
    files: configure(write("import { jest } from '@jest/globals';", 'jest')),
  },
  {
    ...jest,
    name: 'jest-jsdom',
    kit: 'jest-jsdom',
    refused: { 'builtIn: the console in an object': byJest['builtIn: the console in an object'] },
    form: { language: 'js', modules: 'esm' },
    files: {
      ...configure(write("import { jest } from '@jest/globals';", 'jest'), {
        testEnvironment: 'jsdom',
        setupFiles: ['./set-up.cjs'],
      }),
      'set-up.cjs': JSDOM_LACKS,
    },
  },
  {
    ...jest,
    name: 'jest-cjs',
    refused: {
      ...byJest,
      'ownFiles: a namespace read by a key':
        'what Jest requires is a module of its own, which no worker can import',
    },
    nodes: ['24'],
    form: { language: 'js', modules: 'cjs' },
    type: 'commonjs',
    files: configure(write('', 'jest').replaceAll(/^import (.*) from (.*);$/gm, 'const $1 = require($2);')),
  },
];
