import { spreadOf } from '../../harness/statistics.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { runPrograms } from '../process/rounds.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 5 } as const;
const WORDS = { tiny: 1000, quick: 1_000_000, full: 1_000_000 } as const;
const FEW = 2;
const MANY = 8;
const WAYS = ['share', 'perWorker', 'closure'] as const;

interface Said {
  /** MB. */
  readonly grown: number;
  readonly isRight: boolean;
}

export const dictionary: Case = {
  name: 'dictionary',
  group: 'memory',
  question: 'What does a dictionary of a million words take that all workers look words up in?',
  measure,
};

async function measure({ size, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const programs: Record<string, readonly string[]> = {};
  for (const way of WAYS) {
    for (const workers of [FEW, MANY])
      programs[`${way} × ${workers}`] = [way, String(workers), String(WORDS[size])];
  }
  const ends = await runPrograms<Said>('dictionary', programs, rounds);
  const grown = (way: string, workers: number): number => {
    const said = (ends[`${way} × ${workers}`] ?? []).map((end) => end.said);
    if (!said.every(({ isRight }) => isRight)) throw new Error(`${way} did not find what is there.`);
    return spreadOf(said.map((one) => one.grown)).median;
  };
  const perWorker = (way: string): number => (grown(way, MANY) - grown(way, FEW)) / (MANY - FEW);
  return {
    head: ['way', `MB with ${FEW} workers`, `MB with ${MANY}`, 'MB a further worker'],
    rows: WAYS.map((way) => [
      way,
      grown(way, FEW).toFixed(0),
      grown(way, MANY).toFixed(0),
      perWorker(way).toFixed(1),
    ]),
    notes: [
      `${WORDS[size]} words; growth of resident memory until every worker has looked words up, beyond the original on ` +
        `the main thread; median of ${rounds} fresh processes`,
    ],
    figures: size === 'tiny' ? [] : [{ id: 'dictionary.worker', value: perWorker('share') }],
  };
}
