import { cases } from './cases/all-cases.ts';
import type { Answer } from './cases/case.ts';
import { readArguments } from './report/arguments.ts';
import { calibrate } from './harness/calibrate.ts';
import { readGoals } from './report/goals.ts';
import { describeMachine } from './report/machine.ts';
import { printAnswer, printVerdicts } from './report/report.ts';

// `npm run bench` asks every question; `npm run bench -- flow start --rounds 9` some groups or cases, more often.

const known = [...new Set(cases.flatMap(({ group, name }) => [group, name]))];
const { names, rounds } = readArguments(process.argv.slice(2), known);
const chosen = cases.filter(
  ({ group, name }) => names.length === 0 || names.includes(group) || names.includes(name),
);

for (const line of describeMachine()) console.log(line);
const turns = calibrate();
console.log(`calibrated: ${turns.toFixed(0)} turns of the work loop take 1 µs`);

const started = performance.now();
const answers: Answer[] = [];
for (const asked of chosen) {
  const answer = await asked.measure({ rounds, turns });
  printAnswer(asked, answer);
  answers.push(answer);
}
const short = printVerdicts(answers, readGoals());
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  short.length === 0
    ? `\nAll goals are reached (${seconds} s).`
    : `\nShort of the goal: ${short.map(({ figure }) => figure.id).join(', ')} (${seconds} s).`,
);
process.exitCode = short.length === 0 ? 0 : 1;
