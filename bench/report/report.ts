import type { Answer, Case } from '../cases/case.ts';
import { compareWithGoal, type Goal, type Verdict } from './goals.ts';
import { formatNumber, formatTable } from './table.ts';

export function printAnswer({ group, name, question }: Case, { head, rows, notes }: Answer): void {
  console.log(`\n── ${group} · ${name} ──\n${question}\n`);
  console.log(formatTable(head, rows));
  for (const note of notes) console.log(`(${note})`);
}

/** Prints each figure beside its goal. Returns those that fall short. */
export function printVerdicts(answers: readonly Answer[], goals: readonly Goal[]): readonly Verdict[] {
  const verdicts = answers.flatMap(({ figures }) => figures.map((figure) => compareWithGoal(figure, goals)));
  const rows = verdicts.map(({ figure, goal, isReached, shortBy }) => [
    figure.id,
    formatNumber(figure.value),
    `${goal.direction} ${formatNumber(goal.goal)}`,
    goal.unit,
    isReached ? 'reached' : `short by ${formatNumber(shortBy)}`,
  ]);
  console.log(`\n── figures and goals ──\n${formatTable(['figure', 'is', 'goal', 'unit', ''], rows)}`);
  return verdicts.filter(({ isReached }) => !isReached);
}
