import { checkResults } from '../harness/check-results.ts';
import type { Figure } from '../report/goals.ts';
import { runRounds } from '../harness/rounds.ts';
import {
  describeRounds,
  formatSummaries,
  summarise,
  type Summary,
  SUMMARY_HEAD,
} from '../report/summarise.ts';
import type { Answer, Settings, TimedCase } from './case.ts';

export interface TimedPlan<Input extends ArrayLike<unknown>, Output> extends Omit<
  TimedCase<Input, Output>,
  'measure'
> {
  readonly rounds: number;
  /** Picks the figures that have a goal. */
  readonly figures: (find: (name: string) => Summary) => readonly Figure[];
  readonly notes?: (turns: number) => readonly string[];
}

/** A case whose contenders are checked to be equal, and then timed in rounds. */
export function defineTimed<Input extends ArrayLike<unknown>, Output>(
  plan: TimedPlan<Input, Output>,
): TimedCase<Input, Output> {
  const measure = async ({ rounds: count = plan.rounds, turns }: Settings): Promise<Answer> => {
    const comparison = plan.open(turns, 1);
    try {
      await checkResults(comparison);
      const rounds = await runRounds(comparison, count);
      const summaries = summarise(comparison.contenders, rounds, comparison.input, count);
      const find = (name: string): Summary => {
        const found = summaries.find((summary) => summary.name === name);
        if (found === undefined) throw new Error(`The case ${plan.name} has no contender ${name}.`);
        return found;
      };
      return {
        head: SUMMARY_HEAD,
        rows: formatSummaries(summaries),
        notes: [...(plan.notes?.(turns) ?? []), describeRounds(rounds, count)],
        figures: plan.figures(find),
      };
    } finally {
      await comparison.close();
    }
  };
  return { ...plan, measure };
}
