import { parallelMap } from 'telar';
import { spreadOf } from '../../harness/statistics.ts';
import { scale } from '../../tasks.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { onPlaces, type Place } from './places.ts';

/** Calls in turn, and chunks of one item. */
const COUNTS = {
  tiny: { calls: 3, chunks: 20 },
  quick: { calls: 200, chunks: 1000 },
  full: { calls: 1000, chunks: 5000 },
} as const;
const ROUNDS = 3;

interface Found {
  /** Milliseconds of one call, where each waits for the one before. */
  readonly call: number;
  readonly map: number;
  readonly chunks: number;
}

export const clusterCalls: Case = {
  name: 'cluster-calls',
  group: 'cluster',
  isExtra: true,
  question:
    'What does a call of one item take there and back, and how many chunks a second does a node take?',
  measure,
};

async function measure({ rounds = ROUNDS, size }: Settings): Promise<Answer> {
  const found = await onPlaces((place) => take(place, COUNTS[size], rounds));
  const { Redis: redis, PostgreSQL: postgres } = found;
  return {
    head: ['broker', 'run ms', 'parallelMap ms', 'chunks/s'],
    rows: Object.entries(found).map(([name, { call, map, chunks }]) => [
      name,
      call.toFixed(1),
      map.toFixed(1),
      chunks.toFixed(0),
    ]),
    notes: ['Medians of calls that are made one after the other; chunks of one item, one node of two slots.'],
    figures: [
      { id: 'cluster-calls.redis', value: redis.call },
      { id: 'cluster-calls.postgres', value: postgres.call },
      { id: 'cluster-calls.redis-chunks', value: redis.chunks },
      { id: 'cluster-calls.postgres-chunks', value: postgres.chunks },
    ],
  };
}

async function take(
  { cluster }: Place,
  { calls, chunks }: (typeof COUNTS)[keyof typeof COUNTS],
  rounds: number,
): Promise<Found> {
  const timeEach = async (call: (at: number) => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let at = 0; at < calls; at++) {
      const began = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- that is what is measured.
      await call(at);
      times.push(performance.now() - began);
    }
    return spreadOf(times).median;
  };
  // The node loads the task, and connections are made.
  await cluster.run(scale, [1]);
  const call = await timeEach((at) => cluster.run(scale, [at]));
  const map = await timeEach((at) => parallelMap([at], scale, { pool: cluster }));
  const items = Array.from({ length: chunks }, (_, at) => at);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    await parallelMap(items, scale, { pool: cluster, chunkSize: 1 });
    rates.push((chunks / (performance.now() - began)) * 1000);
  }
  return { call, map, chunks: spreadOf(rates).median };
}
