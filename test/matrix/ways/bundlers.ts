import type { Way } from '../way.ts';

const esm = { language: 'ts', modules: 'esm' } as const;

/** Builds by its interface: its program is no script. */
function esbuild(options: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const all = {
    entryPoints: ['main.ts'],
    bundle: true,
    platform: 'node',
    target: 'es2022',
    outfile: 'out/main.js',
    ...options,
  };
  return { 'build.mjs': `import { build } from 'esbuild';\n\nawait build(${JSON.stringify(all)});\n` };
}

/** Bundlers, with the package outside of the bundle, and inside. */
export const bundlerWays: readonly Way[] = [
  {
    name: 'esbuild',
    quick: true,
    kit: 'plain',
    form: esm,
    files: esbuild({ format: 'esm', packages: 'external' }),
    build: [['node', 'build.mjs']],
    beside: { 'service.mjs': 'out/service.mjs' },
    run: ['node', 'out/main.js'],
  },
];
