import { resolveTestRun, resolveTool, runCommand } from './harness/command.ts';
import { listTestFiles } from './harness/files.ts';

// `npm test` runs every group and then says which failed; `npm test -- <part of a path>` runs matching tests only.

type Command = [string, ...string[]];

const [part] = process.argv.slice(2);
const groups = part === undefined ? resolveGroups() : new Map([[part, resolveTestRun(assertSome(part))]]);
const failed: string[] = [];
const took: string[] = [];
const seconds = (since: number): string => `${Math.round((performance.now() - since) / 1000)} s`;
const start = performance.now();

for (const [name, command] of groups) {
  console.log(`\n── ${name} ──`);
  const began = performance.now();
  if ((await runCommand(command)) !== 0) failed.push(name);
  took.push(`${name} ${seconds(began)}`);
}

console.log(`\n${took.join(', ')}; in all ${seconds(start)}.`);
console.log(failed.length === 0 ? 'All groups passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

function resolveGroups(): Map<string, Command> {
  const ofLayers = listTestFiles('test/layers');
  const ofPackage = listTestFiles('test/package/');
  const ofBehaviour = listTestFiles().filter((file) => !ofLayers.includes(file) && !ofPackage.includes(file));
  return new Map<string, Command>([
    ['lint', [...resolveTool('oxlint', 'oxlint'), '--type-aware', '--deny-warnings']],
    ['format', [...resolveTool('oxfmt', 'oxfmt'), '--check']],
    // Once more after the build, which stops at an error only where something looks at its exit code.
    ['types', [...resolveTool('typescript', 'tsc'), '--noEmit']],
    ['behaviour', resolveTestRun(ofBehaviour)],
    ['layers', resolveTestRun(ofLayers)],
    ['package', resolveTestRun(ofPackage)],
  ]);
}

function assertSome(partOfPath: string): string[] {
  const files = listTestFiles(partOfPath);
  // Without files, Node would look for tests by itself.
  if (files.length === 0) throw new Error(`No test file has "${partOfPath}" in its path.`);
  return files;
}
