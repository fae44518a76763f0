import type { Way } from '../way.ts';

const esm = { language: 'ts', modules: 'esm' } as const;
const cjs = { ...esm, here: 'filename' } as const;

/** tsc says what is amiss with types in the rows, which have none: they are compiled all the same. */
function tsconfig(compilerOptions: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const common = { outDir: 'out', rootDir: '.', noCheck: true, skipLibCheck: true, types: ['node'] };
  return {
    'tsconfig.json': JSON.stringify({
      compilerOptions: { ...common, ...compilerOptions },
      include: ['**/*.ts'],
    }),
  };
}

/** Compilers that write a file for each file, and loaders that compile at run time. */
export const compilerWays: readonly Way[] = [
  {
    name: 'tsx',
    nodes: ['20', '24'],
    quick: true,
    kit: 'plain',
    form: esm,
    run: ['node', '--import', 'tsx', 'main.ts'],
  },
  {
    name: 'tsc-esm',
    quick: true,
    kit: 'plain',
    form: esm,
    files: tsconfig({ target: 'es2022', module: 'nodenext' }),
    build: [['typescript/tsc', '-p', '.']],
    beside: { 'service.mjs': 'out/service.mjs' },
    run: ['node', 'out/main.js'],
  },
  {
    name: 'tsc-cjs',
    quick: true,
    kit: 'plain',
    form: { ...cjs, decorators: 'legacy' },
    type: 'commonjs',
    files: tsconfig({
      target: 'es2017',
      module: 'commonjs',
      moduleResolution: 'node10',
      esModuleInterop: true,
      importHelpers: true,
      experimentalDecorators: true,
    }),
    build: [['typescript/tsc', '-p', '.']],
    beside: { 'service.mjs': 'out/service.mjs' },
    run: ['node', 'out/main.js'],
  },
];
