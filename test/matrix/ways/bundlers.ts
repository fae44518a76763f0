import type { Command, Way } from '../way.ts';
import { bundleWithEsbuild } from './esbuild.ts';

const beside = { 'service.mjs': 'out/service.mjs' };
const outside = {
  kit: 'bundlers',
  form: { language: 'js', modules: 'esm' },
  beside,
  run: ['node', 'out/main.js'],
} as const;

/** What the entries of the package are called, one by one: not all bundlers take the name of a package for them all. */
const entries = ['telar', 'telar/files', 'telar/memory'].flatMap((name) => ['--external', name]);
/** A write that nothing reads is no more than dead code. */
const shaken = { 'errors: only changing an array': 'what nobody reads is left out of the bundle' };

const runEsbuild: readonly Command[] = [['node', 'build.mjs']];

function webpack(config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const all = { target: 'node20', mode: 'production', entry: './main.js', devtool: false, ...config };
  return {
    'build.mjs': `import webpack from 'webpack';

const output = { path: process.cwd() + '/out', filename: 'main.js' };
const all = ${JSON.stringify(all)};
webpack({ ...all, output: { ...output, ...all.output } }, (error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
});
`,
  };
}

const minified = {
  'errors: *': 'the message has the name of the minifier',
  'sharing: a handle in a closure': 'the message has the name of the minifier',
};

/** What a package keeps to itself cannot travel: outside of the bundle it is imported again. */
const packagesInside = {
  'packages: *': 'a package that is inside of the bundle has variables that it assigns to',
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
    refused: minified,
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
    quick: true,
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
    refused: { ...minified, ...packagesInside },
    quick: true,
    files: webpack({
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
    refused: { ...minified, ...packagesInside },
    form: { language: 'js', modules: 'esm', here: 'filename' },
    files: {
      'out/package.json': '{ "type": "commonjs" }',
      ...webpack({
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
];
