import type { Way } from '../way.ts';
import { bundleWithEsbuild } from './esbuild.ts';

/** What the bundle says at each first call. Some rows make nothing of an error but its name. */
const refused = {
  kit: 'bundlers',
  form: { language: 'js', modules: 'esm' },
  beside: { 'service.mjs': 'out/service.mjs' },
  run: ['node', 'out/main.js'],
  refusesAll: /Telar was bundled/,
  leftOut: {
    'errors: *': 'these rows look at the errors of tasks',
    'sharing: parallelSort': 'short arrays are sorted here',
  },
} as const;

/** Bundlers with the package inside of the bundle, where it cannot work: each call has to say so, and what to write. */
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
];
