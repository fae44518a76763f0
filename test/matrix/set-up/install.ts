import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../harness/program.ts';
import { root } from '../../harness/root.ts';
import { npm } from '../../package/npm.ts';
import { findManager, listPackages } from './kits.ts';

/** Package managers have here what they have fetched once. */
const cache = fileURLToPath(new URL('.cache/', root));
const options = [
  '--cache',
  join(cache, 'npm'),
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--no-package-lock',
];

/** Installs a kit into a folder: its packages, and the one that is tested, from a tarball. */
export async function installKit(kit: string, folder: string, tarball: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const dependencies = { telar: `file:${tarball}`, ...listPackages(kit) };
  writePackage(folder, dependencies);
  const manager = findManager(kit);
  if (manager === undefined) {
    await npm(['install', ...options], folder);
    return;
  }
  const own = `${folder}-itself`;
  mkdirSync(own, { recursive: true });
  writePackage(own, {});
  await npm(['install', ...options, manager], own);
  if (kit === 'yarn') await installWithYarn(own, folder);
  else
    await run(
      [join(own, 'node_modules/pnpm/bin/pnpm.cjs'), 'install', '--store-dir', join(cache, 'pnpm')],
      folder,
    );
}

/** Plug'n'Play: packages stay in their archives. */
async function installWithYarn(own: string, folder: string): Promise<void> {
  const settings = {
    nodeLinker: 'pnp',
    enableTelemetry: 'false',
    enableGlobalCache: 'false',
    cacheFolder: join(cache, 'yarn'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(join(folder, '.yarnrc.yml'), lines.join(''));
  // Without a lock file of its own the folder would be taken for a part of what is above it.
  writeFileSync(join(folder, 'yarn.lock'), '');
  await run([join(own, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'), 'install', '--no-immutable'], folder);
}

async function run(args: readonly string[], folder: string): Promise<void> {
  await runProgram(process.execPath, args, folder);
}

function writePackage(folder: string, dependencies: Readonly<Record<string, string>>): void {
  const text = JSON.stringify({ name: 'matrix', private: true, dependencies });
  writeFileSync(join(folder, 'package.json'), text);
}
