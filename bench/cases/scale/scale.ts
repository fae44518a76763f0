import { cores } from '../../report/machine.ts';
import { median } from '../../harness/statistics.ts';
import { runProgram } from '../../harness/run-program.ts';
import type { ScaleEnd } from '../../programs/scale.ts';
import { CHUNK_MS } from '../../harness/chunk-time.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { type Kind, kinds } from './kinds.ts';

const ROUNDS = { tiny: 1, quick: 3, full: 5 } as const;
/** Numbers of workers that wait, beside those that compute. */
const WAITING = {
  tiny: [1, 2],
  quick: [1, 2, 4, 8, 16, 32, 64],
  full: [1, 2, 4, 8, 16, 32, 48, 64],
} as const;
const HEAD = [
  'work',
  'workers',
  'ms',
  'of one',
  '/s',
  'CPU s',
  'main µs',
  'main busy',
  'delay ms',
  'MB held',
];

export const scale: Case = {
  name: 'scale',
  group: 'scale',
  question:
    'What do more workers bring, and what does each take of the main thread, up to 64 that only wait?',
  isExtra: true,
  measure,
};

async function measure({ size, rounds = ROUNDS[size], turns }: Settings): Promise<Answer> {
  const rows: string[][] = [];
  const notes: string[] = [];
  for (const kind of kinds) {
    const counts = kind.isWaiting
      ? WAITING[size]
      : Array.from({ length: size === 'tiny' ? 1 : cores }, (_, at) => at + 1);
    let one: ScaleEnd | undefined;
    for (const workers of counts) {
      const items = kind.countItems(workers, size);
      const end = await runMedian(kind, { workers, items, turns, rounds });
      one ??= end;
      rows.push(describe(kind, end, items, one.time / kind.countItems(counts[0] ?? 1, size)));
      if (workers === counts.at(-1)) notes.push(...(kind.conclude?.(end.main / items, end.workers) ?? []));
    }
  }
  return {
    head: HEAD,
    rows,
    notes: [
      ...notes,
      'of one: the time of an item over that with one worker; main µs: CPU of the main thread for each item; main busy: its CPU over the time',
      `messages and blocks (1 MB, handed over) go one by one; a worker that waits does so for ${CHUNK_MS} ms, which is a chunk; medians of ${rounds} fresh processes each`,
    ],
    figures: [],
  };
}

interface Plan {
  readonly workers: number;
  readonly items: number;
  readonly turns: number;
  readonly rounds: number;
}

async function runMedian({ name }: Kind, { workers, items, turns, rounds }: Plan): Promise<ScaleEnd> {
  const ends: ScaleEnd[] = [];
  for (let round = 0; round < rounds; round++) {
    const args = [name, workers, items, turns].map(String);
    ends.push((await runProgram<ScaleEnd>('scale', ...args)).said);
  }
  const pick = (what: keyof ScaleEnd): number => median(ends.map((end) => end[what]));
  return {
    workers: pick('workers'),
    time: pick('time'),
    cpu: pick('cpu'),
    main: pick('main'),
    delay: pick('delay'),
    rss: pick('rss'),
  };
}

function describe({ name }: Kind, end: ScaleEnd, items: number, timeOfOne: number): string[] {
  return [
    name,
    String(end.workers),
    end.time.toFixed(0),
    (end.time / items / timeOfOne).toFixed(2),
    ((items * 1000) / end.time).toFixed(0),
    (end.cpu / 1000).toFixed(2),
    ((end.main * 1000) / items).toFixed(1),
    `${((100 * end.main) / end.time).toFixed(0)} %`,
    end.delay.toFixed(1),
    (end.rss / 1e6).toFixed(0),
  ];
}
