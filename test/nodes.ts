import { resolveTestRun, runCommand } from './harness/command.ts';
import { listTestFiles } from './harness/files.ts';
import { findRelease, installNode, releases } from './harness/node.ts';

// `npm run test:nodes` runs the tests on each Node that Telar supports; `-- 24` picks versions.

/** A test whose checks do not depend on the Node that runs them. */
const sameOnEveryNode = 'test/layers.';

const files = listTestFiles().filter((file) => !file.includes(sameOnEveryNode));
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
  return wanted.length === 0 ? releases : wanted.map(findRelease);
}
