import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { findRelease, installNode } from '../../harness/node.ts';
import { packPackage } from '../../package/npm.ts';
import { installKit } from './install.ts';
import type { Command, NodeLine } from '../way.ts';

/** A temporary folder outside of the repository, where the kits are installed, each with the package as users get it. */
export class Workshop {
  readonly folder: string;
  readonly #tarball: string;
  readonly #kits = new Map<string, Promise<string>>();
  readonly #nodes = new Map<NodeLine, Promise<string>>();

  private constructor(folder: string, tarball: string) {
    this.folder = folder;
    this.#tarball = tarball;
  }

  static async open(): Promise<Workshop> {
    const folder = await makeFolder('matrix');
    const { path } = await packPackage(folder);
    return new Workshop(folder, path);
  }

  close(): Promise<void> {
    return removeFolder(this.folder);
  }

  /** The folder of a kit, installed at its first use. */
  openKit(kit: string): Promise<string> {
    let folder = this.#kits.get(kit);
    if (folder === undefined) this.#kits.set(kit, (folder = this.#install(kit)));
    return folder;
  }

  /** The program of a Node: of this one where it is of that line. */
  openNode(line: NodeLine): Promise<string> {
    let path = this.#nodes.get(line);
    if (path === undefined) this.#nodes.set(line, (path = findNode(line)));
    return path;
  }

  async #install(kit: string): Promise<string> {
    const folder = join(this.folder, kit);
    await installKit(kit, folder, this.#tarball);
    return folder;
  }
}

async function findNode(line: NodeLine): Promise<string> {
  if (process.versions.node.startsWith(`${line}.`)) return process.execPath;
  return (await installNode(findRelease(line))).path;
}

/** The command line of a program that is installed in a kit: `typescript/tsc`, or `tsx` where package and program are the same. */
export function resolveCommand(
  kitFolder: string,
  node: string,
  [name, ...args]: Command,
): [program: string, ...args: string[]] {
  if (name === 'node') return [node, ...args];
  const [, packageName, program] = /^(@[^/]+\/[^/]+|[^/]+)(?:\/(.+))?$/.exec(name) as unknown as [
    string,
    string,
    string | undefined,
  ];
  const folder = join(kitFolder, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin[program ?? packageName];
  if (script === undefined) throw new Error(`${packageName} has no program ${program ?? packageName}.`);
  const path = join(folder, script);
  return isText(path) ? [node, path, ...args] : [path, ...args];
}

/** Whether a program is a script for Node, and not one of the system. */
function isText(path: string): boolean {
  return !readFileSync(path).subarray(0, 1024).includes(0);
}
