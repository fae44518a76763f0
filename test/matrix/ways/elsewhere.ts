import type { Way } from '../way.ts';

const esm = { language: 'js', modules: 'esm' } as const;

/** Closures that need the values of variables are refused, since these hosts have no inspector that answers at once. */
const withoutInspector = {
  kit: 'hosts',
  form: esm,
  refusedWith: /this host \((?:Bun|Deno) [^)]*\) does not have|`isolate: 'process'` needs Node\.js/,
  leastWorking: 112,
} as const;

/** Other package managers, and other runtimes. */
export const otherWays: readonly Way[] = [
  { name: 'pnpm', kit: 'pnpm', form: esm, run: ['node', 'main.js'] },
  {
    name: 'yarn-pnp',
    quick: true,
    kit: 'yarn',
    form: esm,
    run: [
      'node',
      '--no-warnings',
      '--require',
      '../.pnp.cjs',
      '--experimental-loader',
      '../.pnp.loader.mjs',
      'main.js',
    ],
  },
  { ...withoutInspector, name: 'bun', quick: true, run: ['bun', 'main.js'] },
  {
    ...withoutInspector,
    name: 'bun-ts',
    form: { language: 'ts', modules: 'esm' },
    run: ['bun', 'main.ts'],
    leastWorking: 110,
  },
  { ...withoutInspector, name: 'deno', quick: true, run: ['deno', 'run', '-A', 'main.js'] },
  {
    ...withoutInspector,
    name: 'deno-ts',
    form: { language: 'ts', modules: 'esm', ending: 'ts', without: ['typescript/auto-accessors'] },
    run: ['deno', 'run', '-A', '--no-check', 'main.ts'],
    leastWorking: 107,
  },
];
