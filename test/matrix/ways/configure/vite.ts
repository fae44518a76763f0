import type { Form } from '../../way.ts';

/** Vite compiles decorators where it is told that they are those of before the standard. */
export const viteForm: Form = {
  language: 'ts',
  modules: 'esm',
  decorators: 'legacy',
  without: ['typescript/auto-accessors'],
};

/** Files that tell Vite to build the program for a server. */
export function configureVite(config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const all = { build: { ssr: 'main.ts', outDir: 'out' }, ...config };
  const compilerOptions = { experimentalDecorators: true, target: 'es2022' };
  return {
    'vite.config.mjs': `export default ${JSON.stringify(all)};\n`,
    'tsconfig.json': JSON.stringify({ compilerOptions }),
  };
}

/** Runs the rows in a server under development, which compiles each module when it is asked for. */
export const loadWithVite = `import { createServer } from 'vite';

const server = await createServer({ server: { middlewareMode: true, ws: false }, appType: 'custom', logLevel: 'error' });
const { groups } = await server.ssrLoadModule('/groups.ts');
const { runRows } = await server.ssrLoadModule('/run-rows.ts');
await runRows(groups);
await server.close();
`;
