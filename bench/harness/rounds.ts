import type { Sample } from './time-once.ts';

/** A run of each contender, one after the other. */
export type Round = readonly Sample[];

/** Length of the rounds. */
export interface RoundPlan {
  /** Number of runs of each contender that count. */
  readonly count: number;
  /** Rounds at most, over that number: as long as others disturb them, they are repeated. From 1. */
  readonly patience: number;
}

/** A run during which others took more of the machine than this is repeated. The calmest runs count. */
const DISTURBED = 0.06;

/** Rounds of A B C C B A A B C …, so that what changes on the machine meanwhile hits all alike. */
export async function runRounds(
  runs: readonly (() => Promise<Sample>)[],
  { count, patience }: RoundPlan,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < count * patience && !areCalm(rounds, count)) {
    const order = rounds.length % 2 === 0 ? [...runs.keys()] : [...runs.keys()].reverse();
    const round: Sample[] = [];
    for (const at of order) round[at] = await (runs[at] as () => Promise<Sample>)();
    rounds.push(round);
  }
  return rounds;
}

/** Returns whether every contender has had enough runs that nobody disturbed. */
function areCalm(rounds: readonly Round[], count: number): boolean {
  const [first] = rounds;
  if (first === undefined) return false;
  return first.every((_, at) => rounds.filter((round) => isCalm(round[at])).length >= count);
}

function isCalm(sample: Sample | undefined): boolean {
  return (sample?.disturbance ?? 0) <= DISTURBED;
}

/** The rounds in which this contender was disturbed least, in the order in which they ran. */
export function pickCalmest(rounds: readonly Round[], contender: number, count: number): readonly Round[] {
  const disturbance = (round: Round): number => round[contender]?.disturbance ?? 0;
  const calmest = [...rounds].sort((a, b) => disturbance(a) - disturbance(b)).slice(0, count);
  return rounds.filter((round) => calmest.includes(round));
}
