import type { Way } from '../way.ts';
import { packagesInside, renamed } from './bundlers.ts';

const route = `import { groups } from '../../../groups.js';
import { runRows } from '../../../run-rows.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  await runRows(groups);
  return new Response('done');
}
`;

/** Starts a server, asks it for the route that runs the rows, and ends with it. */
const start = `import { spawn } from 'node:child_process';

const args = ['../node_modules/next/dist/bin/next', ...process.argv.slice(2), '-p', '0'];
const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
let text = '';
child.stdout.setEncoding('utf8').on('data', async (part) => {
  process.stdout.write(part);
  text += part;
  const address = /http:\\/\\/localhost:\\d+/.exec(text)?.[0];
  if (address === undefined) return;
  text = '';
  const answer = await fetch(address + '/api/rows');
  console.log(answer.status, (await answer.text()).slice(0, 500));
  child.kill();
});
child.once('close', (code) => process.exit(code ?? 0));
`;

/** The kit, where the packages are, is above the folder of the program. */
function configure(options: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return {
    'app/api/rows/route.js': route,
    'start.mjs': start,
    'next.config.mjs': `import { dirname } from 'node:path';

const root = dirname(import.meta.dirname);
export default { turbopack: { root }, outputFileTracingRoot: root, ...${JSON.stringify(options)} };
`,
  };
}

const byNext = {
  'builtIn: the console in an object': 'Next writes its own functions over those of the console',
  'builtIn: a promisified function kept outside': 'Next writes its own functions over setImmediate',
};
const next = {
  kit: 'next',
  form: { language: 'js', modules: 'esm' },
  env: { ...renamed, NEXT_TELEMETRY_DISABLED: '1' },
  refused: { ...byNext, ...packagesInside },
  run: ['node', 'start.mjs', 'start'],
} as const;

const inside = { ...next, files: configure({}) };

/** Route handlers of Next. Without a configuration the package is in the bundle, which knows where it was. */
export const nextWays: readonly Way[] = [
  {
    ...next,
    name: 'next',
    files: configure({ serverExternalPackages: ['telar'] }),
    build: [['next', 'build']],
  },
  { ...inside, name: 'next-inside', build: [['next', 'build']] },
  { ...inside, name: 'next-webpack-inside', build: [['next', 'build', '--webpack']] },
  {
    ...next,
    name: 'next-dev',
    files: configure({ serverExternalPackages: ['telar'] }),
    run: ['node', 'start.mjs', 'dev'],
  },
  { ...inside, name: 'next-dev-inside', run: ['node', 'start.mjs', 'dev'] },
];
