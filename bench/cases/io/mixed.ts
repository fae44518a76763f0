import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cores } from '../../report/machine.ts';
import { spreadOf, spreadOfPairs } from '../../harness/statistics.ts';
import type { MixedEnd } from '../../io/mixed/run-mixed.ts';
import { sumText } from '../../io/mixed/work.ts';
import { runContender } from '../../io/run-contender.ts';
import type { Answer, Case, Settings } from '../case.ts';

const ROUNDS = 5;
const REQUESTS = 2000;
const PENDING = 64;
const LATENCY = 50;
const PROGRAMS = {
  telar: 'mixed/telar.js',
  'undici and piscina by hand': 'mixed/piscina.js',
  'p-map, fetch and piscina': 'mixed/p-map.js',
} as const;

export const mixed: Case = {
  name: 'mixed',
  group: 'io',
  question:
    '2,000 requests of 50 ms and 20 KB, 64 pending, 2 ms of CPU each: how near to the larger of the two bounds?',
  measure,
};

async function measure({ rounds = ROUNDS }: Settings): Promise<Answer> {
  const file = fileURLToPath(new URL('../../io/mixed/server.js', import.meta.url));
  const server = spawn(process.execPath, [file, String(LATENCY)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [said] = (await once(server.stdout, 'data')) as [Buffer];
    const port = String(said).trim();
    const itemTime = await calibrate(port);
    const bound = Math.max((REQUESTS / PENDING) * LATENCY, (REQUESTS * itemTime) / cores);
    const ends: Record<string, MixedEnd[]> = {};
    for (let round = 0; round < rounds; round++) {
      for (const [name, program] of Object.entries(PROGRAMS)) {
        (ends[name] ??= []).push(
          await runContender<MixedEnd>({ file: program, args: [port, String(REQUESTS)] }),
        );
      }
    }
    const all = Object.values(ends).flat();
    if (all.some(({ checksum }) => checksum !== all[0]?.checksum))
      throw new Error('The contenders have other results.');
    const pick = (name: string, what: keyof MixedEnd): number[] => (ends[name] ?? []).map((end) => end[what]);
    const times = (name: string): number[] => pick(name, 'time').map((time) => time / bound);
    return {
      head: ['contender', '× bound', 'lowest – highest', '× telar', 'CPU s', 'loop delay p99 ms'],
      rows: Object.keys(PROGRAMS).map((name) => {
        const spread = spreadOf(times(name));
        return [
          name,
          spread.median.toFixed(2),
          `${spread.low.toFixed(2)} – ${spread.high.toFixed(2)}`,
          spreadOfPairs(times(name), times('telar'), (one, other) => one / other).median.toFixed(2),
          (spreadOf(pick(name, 'cpu')).median / 1000).toFixed(2),
          spreadOf(pick(name, 'delay')).median.toFixed(1),
        ];
      }),
      notes: [
        `an item takes ${itemTime.toFixed(2)} ms of CPU; the bound is ${bound.toFixed(0)} ms on ${cores} cores, on which the server runs as well`,
      ],
      figures: [
        { id: 'mixed.ratio', value: spreadOf(times('telar')).median },
        { id: 'mixed.delay', value: spreadOf(pick('telar', 'delay')).median },
      ],
    };
  } finally {
    server.stdin.end();
  }
}

/** Milliseconds of CPU that one body takes, warm. */
async function calibrate(port: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/1`)).text();
  for (let round = 0; round < 200; round++) sumText(text);
  const samples: number[] = [];
  for (let round = 0; round < 200; round++) {
    const began = performance.now();
    sumText(text);
    samples.push(performance.now() - began);
  }
  return spreadOf(samples).median;
}
