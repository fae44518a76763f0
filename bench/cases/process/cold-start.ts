import { isDeepStrictEqual } from 'node:util';
import { spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import { listAvailable } from '../../peers/every-library.ts';
import type { Role } from '../../report/measured.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { runPrograms } from './rounds.ts';

const ROUNDS = { tiny: 1, quick: 5, full: 11 } as const;
/** Length of each item, in µs. */
const MICROSECONDS = 20;

interface Said {
  readonly time: number;
  readonly results: readonly number[];
}

export const coldStart: Case = {
  name: 'start',
  group: 'start',
  question: 'How long until 16 small tasks are done on two workers, in a process that has just started?',
  measure,
};

/** The arguments of each contender's program. */
export function listStarts(turns: number): Readonly<Record<string, readonly string[]>> {
  const work = String(Math.round(turns * MICROSECONDS));
  return {
    'plain loop': ['loop', work],
    'bare new Worker': ['workers', work],
    'telar, importTasks': ['importTasks', work],
    'telar, imported function': ['function', work],
    'telar, on processes': ['processes', work],
    ...Object.fromEntries(listAvailable().map((name) => [name, [name, work]])),
  };
}

async function measure({ size, rounds = ROUNDS[size], turns }: Settings): Promise<Answer> {
  const ends = await runPrograms<Said>('cold-start', listStarts(turns), rounds);
  const names = Object.keys(ends);
  const expected = ends['plain loop']?.[0]?.said.results;
  const times = (name: string): readonly number[] =>
    (ends[name] ?? []).map(({ said }) => {
      if (isDeepStrictEqual(said.results, expected)) return said.time;
      throw new Error(`${name} gave other results than the plain loop.`);
    });
  const over = (name: string): number =>
    spreadOfPairs(times(name), times('piscina'), (own, peer) => own - peer).median;
  return {
    head: ['contender', 'ms', 'lowest – highest', 'ms over piscina'],
    rows: names.map((name) => {
      const { median, low, high } = spreadOf(times(name));
      return [name, median.toFixed(1), `${low.toFixed(1)} – ${high.toFixed(1)}`, over(name).toFixed(1)];
    }),
    notes: [`${rounds} fresh processes each; from before the import of the library to the last result`],
    contenders: names.map((name) => ({
      name,
      role: findRole(name),
      time: spreadOf(times(name)),
      ratio: spreadOfPairs(times(name), times('bare new Worker'), (own, bare) => own / bare),
    })),
    limit: 'bare Workers, which take their items at their start',
    figures: [
      { id: 'start.import-tasks', value: over('telar, importTasks') },
      { id: 'start.function', value: over('telar, imported function') },
    ],
  };
}

function findRole(name: string): Role {
  if (name === 'plain loop') return 'loop';
  if (name === 'bare new Worker') return 'limit';
  return name.startsWith('telar') ? 'telar' : 'peer';
}
