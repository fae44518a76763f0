import { writeFileSync } from 'node:fs';
import { cases } from './cases/all-cases.ts';
import type { Size } from './cases/case.ts';
import { listNames, pickCases } from './cases/pick-cases.ts';
import { calibrate } from './harness/calibrate.ts';
import { installEngines } from './peers/table-engines.ts';
import { HELP, readArguments } from './report/arguments.ts';
import { compareDocuments } from './report/compare.ts';
import { type BenchDocument, readDocument } from './report/document.ts';
import { readGoals } from './report/goals.ts';
import { renderPage } from './report/html/page.ts';
import { describeMachine, readMachine } from './report/machine.ts';
import { renewTables } from './report/text/markdown.ts';
import { judge, printAnswer, printChanges, printVerdicts } from './report/text/print.ts';

// `npm run bench` asks every question; `npm run bench -- flow start --rounds 9` some groups or cases, more often.

// Exiting here leaves no process of a contender behind.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const plan = readPlan(argv);
  if (typeof plan === 'number') return plan;
  const { chosen, options, before } = plan;
  const size: Size = options.isFull ? 'full' : 'quick';
  const machine = readMachine();
  for (const line of describeMachine(machine)) console.log(line);
  const turns = calibrate();
  console.log(`calibrated: ${turns.toFixed(0)} turns of the work loop take 1 µs`);

  if (options.words.length > 0 && chosen.some(({ hasEngines }) => hasEngines)) installEngines();
  const started = performance.now();
  const answers: BenchDocument['answers'][number][] = [];
  for (const asked of chosen) {
    const begun = performance.now();
    const answer = await asked.measure({ rounds: options.rounds, turns, size });
    printAnswer(asked, answer);
    console.log(`(${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    const { name, group, question } = asked;
    answers.push({ name, group, question, ...answer });
  }
  const verdicts = judge(answers, readGoals());
  printVerdicts(verdicts);
  const seconds = Math.round((performance.now() - started) / 1000);
  const found: BenchDocument = { format: 1, machine, size, seconds, answers, verdicts };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(found, undefined, 1)}\n`);
  if (options.html !== undefined) writeFileSync(options.html, renderPage(found));
  if (options.markdown !== undefined) renewTables(options.markdown, answers, machine);
  const changes = before === undefined ? [] : compareDocuments(before, found);
  if (before !== undefined) printChanges(changes);

  const short = verdicts.filter(({ isReached }) => !isReached).map(({ figure }) => figure.id);
  const slower = changes.filter(({ kind }) => kind === 'regression').map(({ id }) => id);
  const aside = options.isFull ? '' : ' The goals are those of --full: here they only orient.';
  if (short.length > 0) console.log(`\nShort of the goal: ${short.join(', ')}.${aside}`);
  else if (verdicts.length > 0) console.log('\nAll goals are reached.');
  if (before !== undefined) {
    console.log(slower.length === 0 ? 'No regression.' : `Regressions: ${slower.join('; ')}.`);
  }
  console.log(`It took ${seconds} s.`);
  return slower.length > 0 || (options.isFull && short.length > 0) ? 1 : 0;
}

/** Reads what is to be done; or, when that is said by now, the exit code. */
function readPlan(argv: readonly string[]):
  | number
  | {
      chosen: typeof cases;
      options: ReturnType<typeof readArguments>;
      before: BenchDocument | undefined;
    } {
  try {
    const options = readArguments(argv);
    if (options.isHelp) {
      console.log(`${HELP}\n\n${listNames(cases)}`);
      return 0;
    }
    const before = options.compare === undefined ? undefined : readDocument(options.compare);
    return { chosen: pickCases(cases, options.words), options, before };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}
