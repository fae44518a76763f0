import { type Spread, spreadOf } from '../../harness/statistics.ts';
import { listAvailable } from '../../peers/every-library.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { runPrograms } from './rounds.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 9 } as const;

interface Said {
  readonly left: number;
  readonly endedAt: number;
}

const CONTENDERS: Readonly<Record<string, readonly string[]>> = {
  'no work at all': ['nothing'],
  'telar, shared pool': ['shared'],
  'telar, own pool closed': ['closed'],
  ...Object.fromEntries(listAvailable().map((name) => [`${name}, closed`, [name]])),
};

export const exit: Case = {
  name: 'exit',
  group: 'exit',
  question: 'How long does the process stay after the last line of the program, and is anything left open?',
  measure,
};

async function measure({ size, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const ends = await runPrograms<Said>('exit', CONTENDERS, rounds);
  const stay = (name: string): Spread =>
    spreadOf((ends[name] ?? []).map(({ said, exitedAt }) => exitedAt - said.endedAt));
  const left = (ends['telar, own pool closed'] ?? []).map(({ said }) => said.left);
  return {
    head: ['contender', 'ms', 'lowest – highest'],
    rows: Object.keys(ends).map((name) => {
      const { median, low, high } = stay(name);
      return [name, median.toFixed(1), `${low.toFixed(1)} – ${high.toFixed(1)}`];
    }),
    notes: [`${rounds} fresh processes each`],
    contenders: Object.keys(ends).map((name) => ({
      name,
      role: name === 'no work at all' ? 'loop' : name.startsWith('telar') ? 'telar' : 'peer',
      time: stay(name),
    })),
    figures: [
      { id: 'exit.time', value: stay('telar, shared pool').median },
      { id: 'exit.left', value: Math.max(...left) },
    ],
  };
}
