import type { Command, Way } from '../way.ts';
import { bundleWithEsbuild } from './configure/esbuild.ts';
import { configureVite, loadWithVite, viteForm } from './configure/vite.ts';
import { bundleWithWebpack } from './configure/webpack.ts';

const beside = { 'service.mjs': 'out/service.mjs' };
const outside = {
  kit: 'bundlers',
  form: { language: 'js', modules: 'esm' },
  beside,
  run: ['node', 'out/main.js'],
} as const;

/** Flags for the entries of the package, one by one: not all bundlers take the name of a package for them all. */
const entries = ['telar', 'telar/files', 'telar/memory'].flatMap((name) => ['--external', name]);
/** A write that nothing reads is no more than dead code. */
const shaken = { 'errors: only changing an array': 'what nobody reads is left out of the bundle' };

const runEsbuild: readonly Command[] = [['node', 'build.mjs']];

/** Environment that tells the rows that names are those of a minifier. */
export const renamed = { MATRIX_RENAMED: '1' } as const;

const inside =
  'a package inside of the bundle is code of the program, whose variables it assigns to or whose symbol no other thread knows';
/** Rows of packages that are refused where the bundler has put the package inside: outside of the bundle it is imported again. */
export const packagesInside: Readonly<Record<string, string>> = {
  'packages: a function of a default import': inside,
  'packages: a chain': inside,
  'packages: a named import': inside,
  'packages: a Zod schema': inside,
  'packages: a dayjs value': inside,
  'packages: a Decimal': inside,
  'packages: chalk': inside,
  'packages: a semver range': inside,
  'packages: several packages at once': inside,
};

/** Bundlers, with the package outside of the bundle. */
export const bundlerWays: readonly Way[] = [
  {
    ...outside,
    name: 'esbuild',
    quick: true,
    form: { language: 'ts', modules: 'esm' },
    files: bundleWithEsbuild({ format: 'esm', packages: 'external' }),
    build: runEsbuild,
  },
  {
    ...outside,
    name: 'esbuild-minify',
    form: { language: 'ts', modules: 'esm' },
    files: bundleWithEsbuild({ format: 'esm', packages: 'external', minify: true }),
    build: runEsbuild,
    env: renamed,
  },
  {
    ...outside,
    name: 'esbuild-keep-names',
    form: { language: 'ts', modules: 'esm' },
    files: bundleWithEsbuild({ format: 'esm', packages: 'external', keepNames: true }),
    build: runEsbuild,
  },
  {
    ...outside,
    name: 'esbuild-cjs',
    form: { language: 'ts', modules: 'esm', here: 'filename' },
    type: 'commonjs',
    files: bundleWithEsbuild({ format: 'cjs', packages: 'external', target: 'es2017' }),
    build: runEsbuild,
  },
  {
    ...outside,
    name: 'rollup',
    leftOut: shaken,
    build: [['rollup', '-i', 'main.js', '-d', 'out', '-f', 'es', ...entries]],
  },
  {
    ...outside,
    name: 'rollup-cjs',
    leftOut: shaken,
    form: { language: 'js', modules: 'esm', here: 'filename' },
    type: 'commonjs',
    build: [['rollup', '-i', 'main.js', '-d', 'out', '-f', 'cjs', '--interop', 'auto', ...entries]],
  },
  {
    ...outside,
    name: 'rolldown',
    refused: packagesInside,
    leftOut: shaken,
    build: [['rolldown', 'main.js', '-d', 'out', '-f', 'esm', '--platform', 'node', ...entries]],
  },
  {
    ...outside,
    name: 'webpack',
    env: renamed,
    refused: packagesInside,
    quick: true,
    files: bundleWithWebpack({
      externals: {
        telar: 'module telar',
        'telar/files': 'module telar/files',
        'telar/memory': 'module telar/memory',
      },
      experiments: { outputModule: true },
      output: { module: true },
    }),
    build: runEsbuild,
  },
  {
    ...outside,
    name: 'webpack-cjs',
    env: renamed,
    refused: packagesInside,
    form: { language: 'js', modules: 'esm', here: 'filename' },
    files: {
      'out/package.json': '{ "type": "commonjs" }',
      ...bundleWithWebpack({
        externals: {
          telar: 'commonjs telar',
          'telar/files': 'commonjs telar/files',
          'telar/memory': 'commonjs telar/memory',
        },
        node: { __filename: false },
      }),
    },
    build: runEsbuild,
  },
  {
    ...outside,
    name: 'ncc',
    refused: packagesInside,
    run: ['node', 'out/index.js'],
    beside: { 'service.mjs': 'out/service.mjs' },
    build: [['@vercel/ncc/ncc', 'build', 'main.js', '-o', 'out', ...entries]],
  },
  {
    ...outside,
    name: 'vite-ssr',
    quick: true,
    kit: 'vite',
    form: viteForm,
    files: configureVite({}),
    build: [['vite', 'build']],
  },
  {
    ...outside,
    name: 'vite-7-ssr',
    leftOut: shaken,
    kit: 'vite-7',
    form: viteForm,
    files: configureVite({}),
    build: [['vite', 'build']],
  },
  {
    name: 'vite-ssr-load',
    kit: 'vite',
    form: viteForm,
    files: { ...configureVite({}), 'start.mjs': loadWithVite },
    run: ['node', 'start.mjs'],
    refused: {},
  },
];
