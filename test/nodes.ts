import { assertKnown, readCommandLine } from './harness/command-line.ts';
import { resolveTestRun, runCommand } from './harness/command.ts';
import { listTestFiles } from './harness/files.ts';
import { findRelease, installNode, releases } from './harness/node.ts';

const USAGE = `npm run test:nodes -- [versions]

Runs the tests on each Node that Telar supports, installed into .cache/nodes: ${releases.join(', ')}.
A version is the number of such a line, as 24, or any release, as 24.1.0.

  --help   print this

Exits with 0; with 1 when a test has failed; with 2 for wrong usage.`;

/** A test whose checks do not depend on the Node that runs them. */
const sameOnEveryNode = 'test/layers.';

const { positionals } = readCommandLine(USAGE, {}, (given) =>
  assertKnown(given.positionals, 'version', (word) => /^\d+(?:\.\d+){0,2}$/.test(word)),
);
const files = listTestFiles().filter((file) => !file.includes(sameOnEveryNode));
const results: string[] = [];

for (const release of pickReleases(positionals)) {
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
