import type { Way } from '../way.ts';

const esm = { language: 'ts', modules: 'esm' } as const;
const cjs = { ...esm, here: 'filename' } as const;
const beside = { 'service.mjs': 'out/service.mjs' };
const run = ['node', 'out/main.js'] as const;

/** tsc says what is amiss with types in the rows, which have none: they are compiled all the same. */
function tsconfig(compilerOptions: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const common = { outDir: 'out', rootDir: '.', noCheck: true, skipLibCheck: true, types: ['node'] };
  const all = { compilerOptions: { ...common, ...compilerOptions }, include: ['**/*.ts'] };
  return { 'tsconfig.json': JSON.stringify(all) };
}

const commonJs = {
  module: 'commonjs',
  moduleResolution: 'node10',
  esModuleInterop: true,
  importHelpers: true,
  experimentalDecorators: true,
};

function babel(
  env: Readonly<Record<string, unknown>>,
  plugins: readonly unknown[] = [],
): Readonly<Record<string, string>> {
  const presets = [
    ['@babel/preset-env', env],
    ['@babel/preset-typescript', { allowDeclareFields: true }],
  ];
  const decorators = ['@babel/plugin-proposal-decorators', { version: '2023-11' }];
  return { 'babel.config.json': JSON.stringify({ presets, plugins: [decorators, ...plugins] }) };
}

const runBabel = [
  '@babel/cli/babel',
  '.',
  '--out-dir',
  'out',
  '--extensions',
  '.ts',
  '--ignore',
  'out',
] as const;

function swc(
  jsc: Readonly<Record<string, unknown>>,
  type: string,
  isLegacy = false,
): Readonly<Record<string, string>> {
  const parser = { syntax: 'typescript', decorators: true };
  const transform = isLegacy ? { legacyDecorator: true } : { decoratorVersion: '2022-03' };
  return { '.swcrc': JSON.stringify({ jsc: { parser, transform, ...jsc }, module: { type } }) };
}

const wrappedPatterns = {
  'values: a RegExp':
    'what replaces a pattern with named groups looks for native functions in variables of its own',
};

const runSwc = ['@swc/cli/swc', '.', '-d', 'out', '--extensions', '.ts', '--ignore', 'out/**'] as const;

/** Compilers that write a file for each file. */
export const compilerWays: readonly Way[] = [
  {
    name: 'tsc-esm',
    quick: true,
    kit: 'plain',
    form: esm,
    files: tsconfig({ target: 'es2022', module: 'nodenext' }),
    build: [['typescript/tsc', '-p', '.']],
    beside,
    run,
  },
  {
    name: 'tsc-cjs',
    quick: true,
    kit: 'plain',
    form: { ...cjs, decorators: 'legacy' },
    type: 'commonjs',
    files: tsconfig({ ...commonJs, target: 'es2015' }),
    build: [['typescript/tsc', '-p', '.']],
    beside,
    run,
  },
  {
    name: 'tsc-es5',
    kit: 'plain',
    form: { ...cjs, decorators: 'legacy', without: ['typescript/auto-accessors'] },
    type: 'commonjs',
    files: tsconfig({ ...commonJs, target: 'es5', downlevelIteration: true }),
    build: [['typescript/tsc', '-p', '.']],
    beside,
    run,
    leftOut: {
      'classes: a subclass of Map': 'this target cannot extend what is built in',
      'classes: a subclass of Array': 'this target cannot extend what is built in',
      'nestedCalls: an error of its own': 'this target cannot extend a class that a later one has made',
    },
  },
  {
    name: 'babel-esm',
    kit: 'babel',
    form: esm,
    files: babel({ targets: { node: '20' }, modules: false }),
    build: [runBabel],
    beside,
    run,
  },
  {
    name: 'babel-cjs',
    quick: true,
    kit: 'babel',
    form: cjs,
    type: 'commonjs',
    files: babel({ targets: { node: '20' }, modules: 'commonjs' }),
    build: [runBabel],
    beside,
    run,
  },
  {
    name: 'babel-ie11',
    kit: 'babel',
    form: cjs,
    type: 'commonjs',
    files: babel({ targets: 'ie 11', modules: 'commonjs' }, ['@babel/plugin-transform-runtime']),
    build: [runBabel],
    beside,
    run,
  },
  {
    name: 'swc-esm',
    kit: 'swc',
    form: esm,
    files: swc({ target: 'es2022' }, 'es6'),
    build: [runSwc],
    beside,
    run,
  },
  {
    name: 'swc-cjs',
    quick: true,
    kit: 'swc',
    form: { ...cjs, decorators: 'legacy', without: ['typescript/auto-accessors'] },
    type: 'commonjs',
    files: swc({ target: 'es2017', externalHelpers: true }, 'commonjs', true),
    build: [runSwc],
    beside,
    run,
    refused: wrappedPatterns,
  },
  {
    name: 'swc-es5',
    kit: 'swc',
    form: { ...cjs, decorators: 'legacy', without: ['typescript/auto-accessors'] },
    type: 'commonjs',
    files: swc({ target: 'es5' }, 'commonjs', true),
    build: [runSwc],
    beside,
    run,
    refused: wrappedPatterns,
  },
];
