import { join } from 'node:path';
import { resolveNpm } from '../harness/command.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

/** The packed package. */
export interface Tarball {
  readonly path: string;
  /** Files of the package, as paths inside it. */
  readonly files: readonly string[];
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
