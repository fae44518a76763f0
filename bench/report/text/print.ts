import type { Answer, Case } from '../../cases/case.ts';
import type { Change } from '../compare.ts';
import { compareWithGoal, type Goal, type Verdict } from '../goals.ts';
import { formatNumber, formatTable } from '../table.ts';

export function printAnswer({ group, name, question }: Case, { head, rows, notes }: Answer): void {
  console.log(`\n── ${group} · ${name} ──\n${question}\n`);
  console.log(formatTable(head, rows));
  for (const note of notes) console.log(`(${note})`);
}

/** Each figure beside its goal. */
export function judge(answers: readonly Answer[], goals: readonly Goal[]): readonly Verdict[] {
  return answers.flatMap(({ figures }) => figures.map((figure) => compareWithGoal(figure, goals)));
}

export function printVerdicts(verdicts: readonly Verdict[]): void {
  if (verdicts.length === 0) return;
  const rows = verdicts.map(({ figure, goal, isReached, shortBy }) => [
    figure.id,
    formatNumber(figure.value),
    `${goal.direction} ${formatNumber(goal.goal)}`,
    goal.unit,
    isReached ? 'reached' : `short by ${formatNumber(shortBy)}`,
  ]);
  console.log(`\n── figures and goals ──\n${formatTable(['figure', 'is', 'goal', 'unit', ''], rows)}`);
}

export function printChanges(changes: readonly Change[]): void {
  const rows = changes.map(({ id, before, after, factor, noise, kind }) => [
    id,
    formatNumber(before.median),
    formatNumber(after.median),
    factor.toFixed(3),
    `± ${((noise / before.median) * 100).toFixed(0)} %`,
    kind === 'same' ? '' : kind,
  ]);
  console.log(
    `\n── compared ──\n${formatTable(['measure', 'before', 'after', 'factor', 'noise', ''], rows)}`,
  );
}
