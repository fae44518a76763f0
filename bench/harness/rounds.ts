import type { Sample } from './time-once.ts';

/** A run of each contender that runs in it, one after the other. */
export type Round = readonly (Sample | undefined)[];

/** In a quick bench, peers run in one round of so many: they lie far apart, and most of the time would be theirs. */
const SELDOM = 3;

/** Returns whether a contender runs in a round, of so many. */
export function runsIn(round: number, count: number, isSeldom: boolean): boolean {
  return !isSeldom || round % SELDOM === Math.min(1, count - 1);
}

/** Counts the rounds in which a contender runs, of so many. */
export function countRuns(count: number, isSeldom: boolean): number {
  return Array.from({ length: count }, (_, round) => round).filter((round) => runsIn(round, count, isSeldom))
    .length;
}

/** Length of the rounds. */
export interface RoundPlan {
  /** Number of runs of each contender that count. */
  readonly count: number;
  /** Rounds at most, over that number: as long as others disturb them, they are repeated. From 1. */
  readonly patience: number;
  /** Whether a contender runs in a few of the rounds only, by its number. `@defaultValue` none */
  readonly isSeldom?: (contender: number) => boolean;
}

/** A run during which others took more of the machine than this is repeated. The calmest runs count. */
const DISTURBED = 0.06;

/** Rounds of A B C C B A A B C …, so that what changes on the machine meanwhile hits all alike. */
export async function runRounds(
  runs: readonly (() => Promise<Sample>)[],
  { count, patience, isSeldom = () => false }: RoundPlan,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  const wanted = [...runs.keys()].map((at) => countRuns(count, isSeldom(at)));
  while (rounds.length < count * patience && !areCalm(rounds, wanted)) {
    const now = [...runs.keys()].filter((at) => runsIn(rounds.length, count, isSeldom(at)));
    const order = rounds.length % 2 === 0 ? now : now.reverse();
    const round: (Sample | undefined)[] = Array.from({ length: runs.length });
    for (const at of order) round[at] = await (runs[at] as () => Promise<Sample>)();
    rounds.push(round);
  }
  return rounds;
}

/** Returns whether every contender has had enough runs that nobody disturbed. */
function areCalm(rounds: readonly Round[], wanted: readonly number[]): boolean {
  return wanted.every((count, at) => rounds.filter((round) => isCalm(round[at])).length >= count);
}

function isCalm(sample: Sample | undefined): boolean {
  return sample !== undefined && sample.disturbance <= DISTURBED;
}

/** The rounds in which this contender was disturbed least, in the order in which they ran. */
export function pickCalmest(rounds: readonly Round[], contender: number, count: number): readonly Round[] {
  const disturbance = (round: Round): number => round[contender]?.disturbance ?? 0;
  const own = rounds.filter((round) => round[contender] !== undefined);
  const calmest = own.sort((a, b) => disturbance(a) - disturbance(b)).slice(0, count);
  return rounds.filter((round) => calmest.includes(round));
}
