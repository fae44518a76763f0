import { checkEqual, type Named } from '../harness/child/check-equal.ts';
import { ContenderProcess } from '../harness/child/contender-process.ts';
import type { Contender } from '../harness/contender.ts';
import { countRuns, type Round, runRounds } from '../harness/rounds.ts';
import type { Figure } from '../report/goals.ts';
import {
  describeRounds,
  formatSummaries,
  summarise,
  type Summary,
  SUMMARY_HEAD,
} from '../report/summarise.ts';
import type { Answer, Case, Settings, Size } from './case.ts';

/** A question whose contenders each run in a process of their own, on items that can be fewer. */
export interface TimedCase<Input extends ArrayLike<unknown>, Output> extends Case {
  /** The part of the items that each size has. */
  readonly parts: Readonly<Record<Size, number>>;
  readonly makeInput: (turns: number, part: number) => Input;
  /** The first is the sequential twin. */
  readonly contenders: readonly Contender<Input, Output>[];
}

export interface TimedPlan<Input extends ArrayLike<unknown>, Output> extends Omit<
  TimedCase<Input, Output>,
  'measure'
> {
  /** `import.meta.url` of the module that exports the case: the processes import it. */
  readonly module: string;
  /** Runs of each contender that count, in a quick bench; a full one has twice as many. */
  readonly rounds: number;
  /** Picks the figures that have a goal. */
  readonly figures?: (find: (name: string) => Summary) => readonly Figure[];
  readonly notes?: (turns: number, part: number) => readonly string[];
}

/** Most times that disturbed rounds are repeated. */
const PATIENCE = { tiny: 1, quick: 1, full: 2 } as const;

/** A case whose contenders are checked to be equal, and then timed in rounds. */
export function defineTimed<Input extends ArrayLike<unknown>, Output>(
  plan: TimedPlan<Input, Output>,
): TimedCase<Input, Output> {
  return { ...plan, measure: (settings) => measure(plan, settings) };
}

/** The items of a run, and the times that its contenders took. */
export interface TimedRun {
  readonly items: number;
  readonly rounds: readonly Round[];
  readonly summaries: readonly Summary[];
}

type Part = {
  readonly turns: number;
  readonly part: number;
  readonly count: number;
  readonly patience: number;
  /** Whether peers run in a few of the rounds only. */
  readonly isQuick: boolean;
};

/** Opens the contenders on that part of the items, checks that they are equal, and times them in rounds. */
export async function runTimed<Input extends ArrayLike<unknown>, Output>(
  { module, name: of, contenders: all }: Pick<TimedPlan<Input, Output>, 'module' | 'name' | 'contenders'>,
  { turns, part, count, patience, isQuick }: Part,
): Promise<TimedRun> {
  const contenders = all.filter(({ missing }) => missing === undefined);
  const starts = await Promise.allSettled(
    contenders.map(async ({ name }): Promise<Named> => {
      return {
        name,
        process: await ContenderProcess.start({ module, case: of, contender: name, turns, part }),
      };
    }),
  );
  const open = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    await checkEqual(open as [Named, ...Named[]]);
    const runs = open.map(
      ({ process }) =>
        () =>
          process.ask<'run'>({ kind: 'run' }),
    );
    const isSeldom = (at: number): boolean => isQuick && contenders[at]?.role === 'peer';
    const rounds = await runRounds(runs, { count, patience, isSeldom });
    const items = open[0]?.process.count ?? 0;
    return { items, rounds, summaries: summarise(contenders, rounds, items, count) };
  } finally {
    await Promise.all(open.map(({ process }) => process.close()));
  }
}

async function measure<Input extends ArrayLike<unknown>, Output>(
  plan: TimedPlan<Input, Output>,
  { rounds: wanted, turns, size }: Settings,
): Promise<Answer> {
  const count = wanted ?? { tiny: 1, quick: plan.rounds, full: plan.rounds * 2 }[size];
  const part = plan.parts[size];
  const isQuick = size === 'quick';
  const patience = PATIENCE[size];
  const { items, rounds, summaries } = await runTimed(plan, { turns, part, count, patience, isQuick });
  const find = (name: string): Summary => {
    const found = summaries.find((summary) => summary.name === name);
    if (found === undefined) throw new Error(`The case ${plan.name} has no contender ${name}.`);
    return found;
  };
  return {
    head: SUMMARY_HEAD,
    rows: formatSummaries(summaries),
    notes: [
      ...(plan.notes?.(turns, part) ?? []),
      ...new Set(plan.contenders.flatMap(({ missing }) => (missing === undefined ? [] : [missing]))),
      `${items} items; ${describeRounds(rounds, count, countRuns(count, isQuick))}`,
    ],
    figures: plan.figures?.(find) ?? [],
    contenders: summaries,
  };
}
