import type { Way } from '../way.ts';
import { packagesInside, renamed } from './bundlers.ts';
import { bundleWithEsbuild } from './configure/esbuild.ts';
import { configureVite, viteForm } from './configure/vite.ts';
import { bundleWithWebpack } from './configure/webpack.ts';

/** Ways whose bundle says at each first call that it cannot work. */
const refused = {
  kit: 'bundlers',
  form: { language: 'js', modules: 'esm' },
  beside: { 'service.mjs': 'out/service.mjs' },
  run: ['node', 'out/main.js'],
  refusesAll: /Telar was bundled/,
  leftOut: {
    'sharing: parallelSort': 'short arrays are sorted on the main thread',
  },
} as const;

/** Bundlers with the package inside of the bundle: each call has to say so, and what to write, or to work all the same. */
export const insideWays: readonly Way[] = [
  {
    ...refused,
    name: 'inside-esbuild',
    quick: true,
    files: bundleWithEsbuild({
      format: 'esm',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
    build: [['node', 'build.mjs']],
  },
  {
    ...refused,
    name: 'inside-esbuild-cjs',
    form: { language: 'js', modules: 'esm', here: 'filename' },
    type: 'commonjs',
    files: bundleWithEsbuild({ format: 'cjs' }),
    build: [['node', 'build.mjs']],
  },
  {
    ...refused,
    name: 'inside-rollup',
    build: [
      [
        'rollup',
        '-i',
        'main.js',
        '-d',
        'out',
        '-f',
        'es',
        '-p',
        'node-resolve={exportConditions:["node"]}',
        '-p',
        'commonjs',
        '-p',
        'json',
      ],
    ],
  },
  {
    ...refused,
    name: 'inside-rolldown',
    build: [['rolldown', 'main.js', '-d', 'out', '-f', 'esm', '--platform', 'node']],
  },
  {
    ...refused,
    name: 'inside-ncc',
    build: [['@vercel/ncc/ncc', 'build', 'main.js', '-o', 'out']],
    run: ['node', 'out/index.js'],
  },
  ...['vite', 'vite-7'].map((kit) => ({
    ...refused,
    name: `inside-${kit}`,
    kit,
    files: configureVite({ ssr: { noExternal: true } }),
    form: viteForm,
    build: [['vite', 'build']] as const,
  })),
  {
    name: 'inside-webpack',
    kit: 'bundlers',
    form: { language: 'js', modules: 'esm' },
    // webpack writes down where each module was, and the package still is there.
    files: bundleWithWebpack({ experiments: { outputModule: true }, output: { module: true } }),
    build: [['node', 'build.mjs']],
    beside: { 'service.mjs': 'out/service.mjs' },
    run: ['node', 'out/main.js'],
    env: renamed,
    refused: packagesInside,
  },
];
