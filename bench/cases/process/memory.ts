import { spreadOfPairs } from '../../harness/statistics.ts';
import { listAvailable } from '../../peers/every-library.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { runPrograms } from './rounds.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 5 } as const;
const FEW = 2;
const MANY = 10;

interface Said {
  readonly rss: number;
}

export const memory: Case = {
  name: 'memory',
  group: 'memory',
  question: 'What does a further worker hold, once it has run a task?',
  measure,
};

const CONTENDERS: Readonly<Record<string, string>> = {
  'bare new Worker': 'workers',
  telar: 'telar',
  ...Object.fromEntries(listAvailable().map((name) => [name, name])),
};

async function measure({ size, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const programs: Record<string, readonly string[]> = {};
  for (const [name, contender] of Object.entries(CONTENDERS)) {
    for (const workers of [FEW, MANY]) programs[`${name} × ${workers}`] = [contender, String(workers)];
  }
  const ends = await runPrograms<Said>('memory', programs, rounds);
  const held = (name: string, workers: number): readonly number[] =>
    (ends[`${name} × ${workers}`] ?? []).map(({ said }) => said.rss / 1e6);
  const perWorker = (name: string): ReturnType<typeof spreadOfPairs> =>
    spreadOfPairs(held(name, MANY), held(name, FEW), (many, few) => (many - few) / (MANY - FEW));
  return {
    head: ['contender', 'MB per further worker', 'lowest – highest'],
    rows: Object.keys(CONTENDERS).map((name) => {
      const { median, low, high } = perWorker(name);
      return [name, median.toFixed(2), `${low.toFixed(2)} – ${high.toFixed(2)}`];
    }),
    notes: [
      `resident memory of a process with ${MANY} workers less that of one with ${FEW}, ${rounds} times`,
    ],
    figures: [{ id: 'memory.worker', value: perWorker('telar').median }],
  };
}
