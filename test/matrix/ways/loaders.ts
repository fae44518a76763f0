import type { Way } from '../way.ts';

const esm = { language: 'ts', modules: 'esm' } as const;
const unerasable = ['enums', 'namespaces', 'members', 'decorators', 'auto-accessors'].map(
  (name) => `typescript/${name}`,
);

/** Ways by packages that compile TypeScript at run time. */
export const loaderWays: readonly Way[] = [
  {
    name: 'tsx',
    nodes: ['20', '24'],
    quick: true,
    kit: 'plain',
    form: esm,
    run: ['node', '--import', 'tsx', 'main.ts'],
  },
  {
    name: 'ts-node',
    kit: 'plain',
    form: { ...esm, without: ['typescript/auto-accessors'] },
    files: {
      'tsconfig.json': JSON.stringify({
        'ts-node': { esm: true, transpileOnly: true },
        compilerOptions: {
          target: 'es2022',
          module: 'esnext',
          moduleResolution: 'node10',
          esModuleInterop: true,
        },
      }),
    },
    run: ['node', '--no-warnings', '--loader', 'ts-node/esm', 'main.ts'],
  },
  {
    name: 'strip-types',
    nodes: ['22', '24', '26'],
    kit: 'plain',
    form: { ...esm, ending: 'ts', without: unerasable },
    run: ['node', 'main.ts'],
  },
  {
    name: 'transform-types',
    nodes: ['24'],
    kit: 'plain',
    form: { ...esm, ending: 'ts', without: ['typescript/decorators', 'typescript/auto-accessors'] },
    run: ['node', '--experimental-transform-types', 'main.ts'],
  },
];
