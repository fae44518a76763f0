import { mkdir, readFile, rename, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/** Lays the packed package into a folder of packages, as npm does, with those that it depends on. */
export async function unpackPackage({ path }: Tarball, modules: string): Promise<void> {
  await mkdir(modules, { recursive: true });
  // The name alone: on Windows, some versions of tar take `C:` for the name of a machine.
  await runProgram('tar', ['-xzf', basename(path)], dirname(path));
  await rename(join(dirname(path), 'package'), join(modules, 'telar'));
  const { dependencies } = JSON.parse(await readFile(join(modules, 'telar/package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies))
    await symlink(new URL(`node_modules/${name}`, root), join(modules, name), 'junction');
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
