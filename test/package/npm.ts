import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveNpm } from '../command.ts';
import { root } from '../root.ts';

/** The packed package. */
export interface Tarball {
  readonly path: string;
  /** What it holds, as paths inside the package. */
  readonly files: readonly string[];
}

/** Runs a program to its end and gives what it printed on stdout; a failure's message shows all that it printed. */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd: URL | string = root,
): Promise<string> {
  // What it prints is compared: no colours, and no report for a test runner that a child must not take for its own.
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      // The error of Node repeats the output twice, in `cause` and in its fields: once is what one can read.
      else reject(new Error(`${program} ${args.join(' ')} failed.\n${stdout}${stderr}`));
    });
  });
}

/** Runs npm and gives what it printed on stdout. */
export function npm(args: readonly string[], cwd: URL | string = root): Promise<string> {
  const [program, ...start] = resolveNpm();
  return runProgram(program, [...start, ...args], cwd);
}

/** Packs the package as it would be published, from the dist that is there, into `folder`. */
export async function packPackage(folder: string): Promise<Tarball> {
  // No scripts: `prepare` would build again, under the tests that run from dist.
  const report = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const [packed] = Object.values(JSON.parse(report) as Record<string, PackReport>);
  if (packed === undefined) throw new Error(`npm pack reported nothing: ${report}`);
  return { path: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

export function makeFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `telar-${name}-`));
}

export function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}
