import type { Way } from '../way.ts';

const esm = { language: 'js', modules: 'esm' } as const;
const everywhere = ['20', '22', '24', '26'] as const;

/** Node alone. */
export const plainWays: readonly Way[] = [
  { name: 'node-esm', nodes: everywhere, quick: true, kit: 'plain', form: esm, run: ['node', 'main.js'] },
  {
    name: 'node-cjs',
    nodes: everywhere,
    quick: true,
    kit: 'plain',
    form: { language: 'js', modules: 'cjs' },
    type: 'commonjs',
    run: ['node', 'main.js'],
  },
];
