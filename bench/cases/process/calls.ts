import { spreadOf } from '../../harness/statistics.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { runPrograms } from './rounds.ts';

const ROUNDS = 1;
/** Numbers of calls, and of the items of 0.2 ms of the call that is there first. */
const COUNTS = {
  tiny: { calls: 50, long: 400 },
  quick: { calls: 10_000, long: 20_000 },
  full: { calls: 10_000, long: 20_000 },
} as const;

interface Said {
  readonly answered: number;
  readonly before: number;
  readonly workers: number;
  readonly warnings: number;
  readonly time: number;
  readonly longTime: number;
}

export const calls: Case = {
  name: 'calls',
  group: 'calls',
  question: 'Ten thousand calls at once on one pool, behind a long one: is each answered, and in its turn?',
  measure,
};

async function measure({ rounds = ROUNDS, turns, size }: Settings): Promise<Answer> {
  const { calls: count, long } = COUNTS[size];
  const args = [String(count), String(long), String(Math.round(turns * 200))];
  const ends = (await runPrograms<Said>('calls', { telar: args }, rounds)).telar ?? [];
  const find = (pick: (said: Said) => number): number => spreadOf(ends.map(({ said }) => pick(said))).median;
  const share = find(({ before }) => (before / count) * 100);
  return {
    head: [
      'contender',
      'answered',
      'before the long call',
      'all after ms',
      'long call ms',
      'workers',
      'warnings',
    ],
    rows: [
      [
        'telar',
        find(({ answered }) => answered).toFixed(0),
        `${share.toFixed(1)} %`,
        find(({ time }) => time).toFixed(0),
        find(({ longTime }) => longTime).toFixed(0),
        find(({ workers }) => workers).toFixed(0),
        find(({ warnings }) => warnings).toFixed(0),
      ],
    ],
    notes: [],
    figures: [
      { id: 'calls.answered', value: find(({ answered }) => answered) },
      { id: 'calls.workers', value: find(({ workers }) => workers) },
      { id: 'calls.warnings', value: find(({ warnings }) => warnings) },
      { id: 'calls.fair', value: share },
    ],
  };
}
