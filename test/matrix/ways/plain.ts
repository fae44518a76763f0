import type { Way } from '../way.ts';
import { bundleWithEsbuild } from './configure/esbuild.ts';

const esm = { language: 'js', modules: 'esm' } as const;
const plain = { kit: 'plain', form: esm, run: ['node', 'main.js'] } as const;
const everywhere = ['20', '22', '24', '26'] as const;

/** The rows in one text, which Node gets without a file. */
const asText = {
  kit: 'plain',
  form: esm,
  files: bundleWithEsbuild({ format: 'esm', packages: 'external' }),
  build: [['node', 'build.mjs']],
} as const;

/** Starts Node with that text. */
function start(args: string, input: string): string {
  return `import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const text = readFileSync('out/main.js', 'utf8');
const { status } = spawnSync(process.execPath, ${args}, { input: ${input}, stdio: ['pipe', 'inherit', 'inherit'] });
process.exit(status ?? 1);
`;
}

/** A session is told to load the program, and goes on until the report is complete. */
const session = `import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const child = spawn(process.execPath, ['-i'], { stdio: ['pipe', 'inherit', 'inherit'] });
child.stdin.write('.load out/main.js\\n');
const watch = setInterval(() => {
  const report = process.env.MATRIX_REPORT;
  if (!existsSync(report) || !readFileSync(report, 'utf8').includes('"done"')) return;
  clearInterval(watch);
  child.stdin.end('.exit\\n');
}, 100);
child.once('close', (code) => process.exit(code ?? 1));
`;

/** Node alone. */
export const plainWays: readonly Way[] = [
  { ...plain, name: 'node-esm', nodes: everywhere, quick: true },
  {
    ...plain,
    name: 'node-cjs',
    nodes: everywhere,
    quick: true,
    form: { language: 'js', modules: 'cjs' },
    type: 'commonjs',
  },
  { ...plain, name: 'node-jitless', run: ['node', '--jitless', 'main.js'] },
  { ...plain, name: 'node-source-maps', run: ['node', '--enable-source-maps', 'main.js'] },
  {
    ...plain,
    name: 'node-no-require-module',
    run: ['node', '--no-experimental-require-module', 'main.js'],
  },
  {
    ...asText,
    name: 'node-stdin',
    files: { ...asText.files, 'start.mjs': start("['--input-type=module']", 'text') },
    run: ['node', 'start.mjs'],
  },
  {
    ...asText,
    name: 'node-eval',
    files: { ...asText.files, 'start.mjs': start("['--input-type=module', '--eval', text]", "''") },
    run: ['node', 'start.mjs'],
  },
  {
    ...asText,
    name: 'node-repl',
    form: { ...esm, here: 'filename' },
    type: 'commonjs',
    files: {
      ...bundleWithEsbuild({
        format: 'cjs',
        packages: 'external',
        define: { __filename: '"out/main.js"' },
      }),
      'start.mjs': session,
    },
    beside: { 'service.mjs': 'out/service.mjs' },
    leftOut: {
      'errors: only changing an array':
        'what a session declares is global, and may be read later by what is typed',
    },
    run: ['node', 'start.mjs'],
  },
];
