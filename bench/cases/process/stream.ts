import { spreadOf } from '../../harness/statistics.ts';
import type { ProgramEnd } from '../../harness/run-program.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { runPrograms } from './rounds.ts';

const ROUNDS = { tiny: 1, quick: 2, full: 3 } as const;
const COUNT = { tiny: 10_000, quick: 2_000_000, full: 10_000_000 } as const;

interface Said {
  readonly time: number;
  readonly items: number;
  readonly checksum: number;
  readonly peak: number;
  readonly ahead: number;
}

export const stream: Case = {
  name: 'stream',
  group: 'stream',
  question:
    'Millions of items from a generator, one by one to a reader: what does it take, and what is held?',
  measure,
};

/** The arguments of each contender's program. */
export function listStreams(turns: number, count: number): Readonly<Record<string, readonly string[]>> {
  const rest = (speed: string): readonly string[] => [String(count), speed, String(turns)];
  return {
    'async generator': ['loop', ...rest('fast')],
    telar: ['telar', ...rest('fast')],
    'async generator, slow reader': ['loop', ...rest('slow')],
    'telar, slow reader': ['telar', ...rest('slow')],
  };
}

async function measure({ size, rounds = ROUNDS[size], turns }: Settings): Promise<Answer> {
  const programs = Object.entries(listStreams(turns, COUNT[size]));
  const ends = {
    ...(await runPrograms<Said>('stream', Object.fromEntries(programs.slice(0, 2)), rounds)),
    // Takes four times as long, and tells the same each time.
    ...(await runPrograms<Said>('stream', Object.fromEntries(programs.slice(2)), 1)),
  };
  assertEqual(Object.entries(ends).flatMap(([name, own]) => own.map(({ said }) => ({ name, ...said }))));
  const find = (name: string, pick: (said: Said) => number): number =>
    spreadOf((ends[name] ?? []).map(({ said }) => pick(said))).median;
  const time = ({ time: ms, items }: Said): number => (ms * 1000) / items;
  const peak = ({ peak: bytes }: Said): number => bytes / 1e6;
  return {
    head: ['contender', 'µs/item', 'lowest – highest', 'peak MB', 'read-ahead × bound'],
    rows: Object.keys(ends).map((name) => formatEnds(name, ends[name] ?? [], time, peak)),
    notes: [`${rounds} fresh processes each, one for the slow reader`],
    figures: [
      { id: 'stream.time', value: find('telar', time) },
      { id: 'stream.peak', value: find('telar', peak) },
      { id: 'stream.slow.peak', value: find('telar, slow reader', peak) },
      { id: 'stream.slow.ahead', value: find('telar, slow reader', ({ ahead }) => ahead) },
    ],
  };
}

function assertEqual(said: readonly (Said & { readonly name: string })[]): void {
  for (const { name, items, checksum } of said) {
    if (items === said[0]?.items && checksum === said[0]?.checksum) continue;
    throw new Error(`${name} gave other results than ${said[0]?.name}.`);
  }
}

function formatEnds(
  name: string,
  ends: readonly ProgramEnd<Said>[],
  time: (said: Said) => number,
  peak: (said: Said) => number,
): readonly string[] {
  const times = spreadOf(ends.map(({ said }) => time(said)));
  const ahead = Math.max(...ends.map(({ said }) => said.ahead));
  return [
    name,
    times.median.toFixed(3),
    `${times.low.toFixed(3)} – ${times.high.toFixed(3)}`,
    spreadOf(ends.map(({ said }) => peak(said))).median.toFixed(0),
    ahead === 0 ? '' : ahead.toFixed(2),
  ];
}
