import { assertKnown, readCommandLine } from './harness/command-line.ts';
import { resolveTest, resolveTool } from './harness/command.ts';
import { listTestFiles } from './harness/files.ts';
import { type Ended, type Job, runJobs } from './harness/jobs.ts';

const USAGE = `npm test -- [parts]

Runs lint, format, types and all tests, and then says what has failed; or the tests with one of the parts in their path.

  --help   print this

Exits with 0; with 1 when something has failed; with 2 for wrong usage.`;

/** A job, and the group that its seconds are counted to. */
interface Grouped extends Job {
  readonly group: string;
}

/** Number of jobs at once, which keeps two cores busy: much of the tests is waiting. */
const AT_ONCE = 3;

/** Files that take longest, the longest first: they begin first. */
const longest = [
  'test/model/',
  'test/package/consumers.',
  'test/readme.',
  'test/chaos/chaos.',
  'test/pipeline/journal/kill.',
  'test/io/postgres/journal.',
  'test/held-up/',
  'test/parallel-map/recycling.',
  'test/bench/cases.',
  'test/ends/left-behind.',
  'test/processes/',
  'test/killed/',
  'test/async-context/',
  'test/parallel-map/output.',
  'test/spawn/leaks.',
  'test/starts/preloads.',
  'test/examples/',
];

/** File in which the compiler notes what it has checked. */
const BUILT = 'dist/.tsbuildinfo';

/** Matches a line of counts that the reporter prints at the end of a file. */
const COUNT = /^ℹ (tests|pass|fail|cancelled|skipped|todo) (\d+)$/gm;
const SUMMARY = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+\n/gm;
const FAILURES = '✖ failing tests:';

const { positionals: parts } = readCommandLine(USAGE, {}, ({ positionals }) =>
  assertKnown(positionals, 'test with a path of', (part) => listTestFiles(part).length > 0),
);
const jobs = parts.length === 0 ? [...listChecks(), ...listTests([''])] : listTests(parts);
const start = performance.now();
const took = new Map<string, number>();
const counts = new Map<string, number>();
const failed: Ended<Grouped>[] = [];

await runJobs(jobs, AT_ONCE, (ended) => {
  const { job, exitCode, seconds, output } = ended;
  took.set(job.group, (took.get(job.group) ?? 0) + seconds);
  for (const [, what = '', count] of output.matchAll(COUNT))
    counts.set(what, (counts.get(what) ?? 0) + Number(count));
  console.log(`\n── ${job.name}, ${seconds.toFixed(1)} s ──\n${output.replaceAll(SUMMARY, '').trim()}`);
  if (exitCode !== 0) failed.push(ended);
});

for (const { job, exitCode, output } of failed)
  console.log(`\n── ${job.name} FAILED, with exit code ${exitCode} ──\n${pickFailures(output)}`);
console.log(`\n${[...counts].map(([what, count]) => `ℹ ${what} ${count}`).join('\n')}`);
const seconds = [...took]
  .sort(([, a], [, b]) => b - a)
  .map(([group, sum]) => `${group} ${Math.round(sum)} s`);
console.log(
  `\n${AT_ONCE} at a time: ${seconds.join(', ')}; in all ${Math.round((performance.now() - start) / 1000)} s.`,
);
console.log(failed.length === 0 ? 'All passed.' : `Failed: ${failed.map(({ job }) => job.name).join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

function listChecks(): Grouped[] {
  const commands: Readonly<Record<string, Job['command']>> = {
    lint: [...resolveTool('oxlint', 'oxlint'), '--type-aware', '--deny-warnings'],
    format: [...resolveTool('oxfmt', 'oxfmt'), '--check'],
    // The compiler runs once more after the build, which stops at an error only where something looks at its exit code;
    // it has noted by then what it has checked.
    types: [...resolveTool('typescript', 'tsc'), '--noEmit', '--incremental', '--tsBuildInfoFile', BUILT],
  };
  return Object.entries(commands).map(([name, command]) => ({ name, command, group: name }));
}

function listTests(partsOfPaths: readonly string[]): Grouped[] {
  const files = listTestFiles().filter((file) => partsOfPaths.some((part) => file.includes(part)));
  const gone = longest.find((slow) => listTestFiles(slow).length === 0);
  if (gone !== undefined)
    throw new Error(`No test file has "${gone}" in its path: it begins with what takes longest.`);
  const rank = (file: string): number => {
    const found = longest.findIndex((slow) => file.includes(slow));
    return found === -1 ? longest.length : found;
  };
  return files
    .sort((a, b) => rank(a) - rank(b))
    .map((file) => ({
      name: file.replace(/^dist\/|\.js$/g, ''),
      command: resolveTest(file),
      group: /^dist\/test\/([^/.]+)/.exec(file)?.[1] ?? file,
    }));
}

/** The reporter says at its end what failed; a file that did not come to that shows what it printed. */
function pickFailures(output: string): string {
  const from = output.indexOf(FAILURES);
  return (from === -1 ? output.slice(-10_000) : output.slice(from + FAILURES.length)).trim();
}
