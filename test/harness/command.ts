import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root } from './root.ts';

/** Runs a command in the repository's folder, with our own input and output, and gives its exit code. */
export function runCommand(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/**
 * The command that runs a program of a development dependency.
 *
 * @remarks It names the script behind `node_modules/.bin`, which on Windows would take a shell to run.
 */
export function resolveTool(packageName: string, program: string): [string, string] {
  const folder = new URL(`node_modules/${packageName}/`, root);
  const { bin } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin[program];
  if (script === undefined) throw new Error(`${packageName} has no program ${program}.`);
  return [process.execPath, fileURLToPath(new URL(script, folder))];
}

/** The command of npm: of the one that runs this process, else of the one on the PATH. */
export function resolveNpm(): [string, ...string[]] {
  const script = process.env.npm_execpath;
  return script === undefined ? ['npm'] : [process.execPath, script];
}

/** Milliseconds that one test may take: a test that hangs is a failure with a name, not a job that never ends. */
const PATIENCE = 300_000;

/** The command that runs one test file, in a process of its own. */
export function resolveTest(file: string): [string, ...string[]] {
  return [process.execPath, '--test-reporter=spec', `--test-timeout=${PATIENCE}`, file];
}

/** Settings of a run of test files. */
export interface TestRunOptions {
  /** The program. `@defaultValue` the Node of this process */
  readonly node?: string;
  /** Milliseconds that one test may take. `@defaultValue` five minutes: Node counts a whole file as one, too */
  readonly patience?: number;
}

/** The command that runs test files. */
export function resolveTestRun(
  files: readonly string[],
  { node = process.execPath, patience = PATIENCE }: TestRunOptions = {},
): [string, ...string[]] {
  return [
    node,
    '--test',
    // Two at a time: the tests of a pool start threads of their own, and CI machines have two to four cores.
    '--test-concurrency=2',
    `--test-timeout=${patience}`,
    // The default is TAP when nobody watches; this one prints the counts at its end either way.
    '--test-reporter=spec',
    ...files,
  ];
}
