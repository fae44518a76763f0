/**
 * `npm run chaos`: every scenario in full, on threads and on processes, then the journals under `kill -9`. Prints each figure
 * beside what it must be, and fails when one is missed; `--help` says the rest.
 */
import { spawnSync } from 'node:child_process';
import { assertKnown, readCommandLine } from '../harness/command-line.ts';
import { root } from '../harness/root.ts';
import { scenarios } from './scenarios/all.ts';
import { runSoak } from './soak/run.ts';
import type { Figure } from './trial/figures.ts';
import { type Isolate, type Scenario, Trial } from './trial/trial.ts';

/** Number of times that a program with a journal is killed. */
const KILLS = '200';
/** Length of a soak, in minutes. */
const HOUR = 60;
/** Test files that kill programs with journals. */
const JOURNALS = [
  'dist/test/parallel-map/journal.test.js',
  'dist/test/pipeline/journal/kill.test.js',
  'dist/test/journal/journal.test.js',
  'dist/test/parallel-map/output.test.js',
];

/** All that a word may name. */
const NAMES = [...scenarios.map(({ name }) => name), 'journal', 'soak', 'cluster-soak'];

const HELP = `npm run chaos -- [scenarios] [options]

Runs every scenario in full, on threads and on processes, then the journals under kill -9; or those that are named:
${scenarios.map(({ name }) => `  ${name}`).join('\n')}
  journal
  soak            mixed calls for an hour, and what they leave; only when it is named
  cluster-soak    the same on a cluster; only when it is named

  --seed <n>      repeat what another run has done
  --minutes <n>   the length of a soak; the random faults try all their seeds, also on a slow machine
  --verbose       show what dying workers say
  --help          print this

Exits with 0; with 1 when a figure is missed; with 2 for wrong usage.`;

const { values, positionals } = readCommandLine(
  HELP,
  {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
  (given) => {
    assertKnown(given.positionals, 'scenario', (word) => NAMES.includes(word));
    for (const name of ['seed', 'minutes'] as const) assertNumber(name, given.values[name]);
  },
);
const seed = values.seed === undefined ? Math.trunc(Date.now() / 1000) % 1_000_000 : Number(values.seed);
const budget = values.minutes === undefined ? undefined : Number(values.minutes) * 30_000;
// Processes that run out of memory say so at length.
if (!values.verbose) process.stderr.write = (): boolean => true;
const began = performance.now();
let missed = 0;

console.log(`Node ${process.version}, seed ${seed} (repeat with: npm run chaos -- --seed ${seed})`);

for (const scenario of scenarios.filter(isPicked)) {
  for (const isolate of scenario.isolates) await tell(scenario, isolate);
}
if (positionals.length === 0 || positionals.includes('journal')) for (const file of JOURNALS) runFile(file);

if (positionals.includes('soak') && !(await runSoak(Number(values.minutes ?? HOUR), seed))) missed++;

if (positionals.includes('cluster-soak')) {
  const { soakClusters } = await import('../cluster/soak/run.ts');
  if (!(await soakClusters(Number(values.minutes ?? HOUR), seed))) missed++;
}

const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\n${missed === 0 ? 'All figures are reached' : `${missed} figures are missed`}, in ${seconds} s.`,
);
process.exitCode = missed === 0 ? 0 : 1;

function assertNumber(name: string, text: string | undefined): void {
  if (text === undefined || (text.trim() !== '' && Number(text) >= 0 && Number(text) < Infinity)) return;
  throw new RangeError(`Expected --${name} to be a number from 0, got "${text}".`);
}

function isPicked({ name }: Scenario): boolean {
  return positionals.length === 0 || positionals.includes(name);
}

async function tell(scenario: Scenario, isolate: Isolate): Promise<void> {
  const start = performance.now();
  const trial = new Trial({ seed, isolate, isShort: false, budget });
  console.log(`\n── ${scenario.name}, ${isolate} ── ${scenario.claim}`);
  await scenario.run(trial);
  trial.figures.none('promises that never settle', await trial.promises.listStuck());
  for (const figure of trial.figures.all) show(figure);
  const { lost, duplicated, unexpected, recovered } = trial.score;
  const took = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `  lost ${lost}, duplicated ${duplicated}, unexpected ${unexpected}, recovered ${recovered}; ${took} s`,
  );
}

function show({ what, mustBe, reached, holds }: Figure): void {
  if (!holds) missed++;
  console.log(`  ${holds ? '✓' : '✗'} ${what}: ${reached} (must be ${mustBe})`);
}

/** Runs a test file with as many kills as are asked for. */
function runFile(file: string): void {
  console.log(`\n── ${file}, ${KILLS} kills ──`);
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', file], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TELAR_KILLS: KILLS, NODE_TEST_CONTEXT: undefined },
  });
  if (status !== 0) missed++;
}
