import { spreadOf } from '../../harness/statistics.ts';
import type { Sample } from '../../harness/time-once.ts';
import type { Kind } from '../../io/advice/work.ts';
import { openServer } from '../../io/mixed/open-server.ts';
import { runContender } from '../../io/run-contender.ts';
import type { Measured } from '../../report/measured.ts';
import { formatNumber } from '../../report/table.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { calls, kinds, ways } from './ways.ts';

const ROUNDS = { tiny: 1, quick: 1, full: 5 } as const;
const ITEMS = { tiny: 20, quick: 100, full: 400 } as const;
/** Factor for the number of items where there are no requests: an item is short then. */
const MORE = 5;
/** Milliseconds until the server answers. */
const LATENCY = 20;

export const advice: Case = {
  name: 'advice',
  group: 'advice',
  question:
    'The event loop for I/O, workers for CPU, both for both: what do five ways take for three kinds of work?',
  measure,
};

type End = Sample & { readonly checksum: number };

async function measure({ size, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const count = ITEMS[size];
  const all = kinds.flatMap((kind) => ways.map((way, at) => ({ kind, way, at, name: `${kind}: ${way}` })));
  const ends = new Map<string, End[]>(all.map(({ name }) => [name, []]));
  const checksums = new Map<Kind, number>();
  const server = await openServer(LATENCY);
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { kind, at, name } of round % 2 === 0 ? all : [...all].reverse()) {
        const items = kind === 'CPU' ? count * MORE : count;
        const args = [kind, String(at + 1), server.port, String(items)];
        const end = await runContender<End>({ file: 'advice/run.js', args });
        ends.get(name)?.push(end);
        const expected = checksums.get(kind) ?? end.checksum;
        checksums.set(kind, expected);
        if (end.checksum !== expected) throw new Error(`${name} has other results than the ways before.`);
      }
    }
  } finally {
    server.close();
  }
  const measured = all.map(
    ({ name, at }): Measured & { [what in 'cpu' | 'peak' | 'delay']: Measured['time'] } => {
      const pick = (what: keyof End): readonly number[] => (ends.get(name) ?? []).map((end) => end[what]);
      return {
        name,
        role: at === 0 ? 'loop' : 'telar',
        time: spreadOf(pick('time')),
        cpu: spreadOf(pick('cpu')),
        peak: spreadOf(pick('peak').map((bytes) => bytes / 1e6)),
        delay: spreadOf(pick('delay')),
      };
    },
  );
  return {
    head: ['work', 'way', 'ms', 'lowest – highest', 'CPU ms', 'peak MB', 'delay ms', 'the call'],
    rows: measured.map(({ time, cpu, peak, delay }, place) => {
      const { kind, way, at } = all[place] as (typeof all)[number];
      return [
        kind,
        way,
        time.median.toFixed(0),
        `${time.low.toFixed(0)} – ${time.high.toFixed(0)}`,
        cpu.median.toFixed(0),
        peak.median.toFixed(0),
        formatNumber(delay.median),
        calls[kind][at] ?? '',
      ];
    }),
    notes: [
      `${count} items, ${count * MORE} of CPU alone; ${rounds} fresh processes each; a request takes ${LATENCY} ms and brings 20 KB, an item some 2 ms of CPU`,
      'delay: how late the event loop of the main thread was, the 99th percentile',
    ],
    figures: [],
    contenders: measured,
  };
}
