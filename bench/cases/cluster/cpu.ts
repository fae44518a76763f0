import { parallelMap, Pool, type WorkerPool } from 'telar';
import { cpuTime } from '../../harness/cpu-time.ts';
import { spreadOf } from '../../harness/statistics.ts';
import { runLong } from '../../tasks.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { onPlaces, type Place } from './places.ts';

/** Items of 0.2 ms. */
const COUNTS = { tiny: 100, quick: 10_000, full: 100_000 } as const;
const ROUNDS = { tiny: 1, quick: 5, full: 9 } as const;

/** Milliseconds that a run took, and of CPU in caller, node and broker. */
interface Run {
  readonly time: number;
  readonly cpu: number;
}

interface Ratios {
  readonly time: number;
  readonly cpu: number;
  /** Seconds of CPU that the items took on the node. */
  readonly seconds: number;
  readonly local: number;
}

export const clusterCpu: Case = {
  name: 'cluster-cpu',
  group: 'cluster',
  isExtra: true,
  question: 'Items of 0.2 ms on a node: what do they cost in caller, node and broker, beside a pool here?',
  measure,
};

async function measure({ rounds, turns, size }: Settings): Promise<Answer> {
  const items = Array.from({ length: COUNTS[size] }, () => Math.round(turns * 200));
  const count = rounds ?? ROUNDS[size];
  const found = await onPlaces((place) => compare(place, items, count));
  const { Redis: redis, PostgreSQL: postgres } = found;
  return {
    head: ['broker', 'CPU s', 'CPU s of a pool', 'CPU ×', 'wall ×'],
    rows: Object.entries(found).map(([name, { seconds, local, cpu, time }]) => [
      name,
      seconds.toFixed(2),
      local.toFixed(2),
      cpu.toFixed(3),
      time.toFixed(3),
    ]),
    notes: [
      `${items.length} items, medians of ${count} rounds in which pool and cluster take turns; one node of two threads.`,
    ],
    figures: [
      { id: 'cluster-cpu.redis', value: redis.cpu },
      { id: 'cluster-cpu.postgres', value: postgres.cpu },
      { id: 'cluster-cpu.wall', value: Math.max(redis.time, postgres.time) },
    ],
  };
}

async function compare(place: Place, items: readonly number[], rounds: number): Promise<Ratios> {
  await using pool = new Pool({ workers: 2 });
  const run = async (on: WorkerPool): Promise<Run> => {
    const [cpu, others, began] = [cpuTime(), place.cpuTime(), performance.now()];
    await parallelMap(items, runLong, { pool: on });
    return { time: performance.now() - began, cpu: cpuTime() - cpu + (place.cpuTime() - others) };
  };
  const here: Run[] = [];
  const there: Run[] = [];
  // The first run of each starts workers, and learns how long an item takes.
  for (let round = 0; round <= rounds; round++) {
    // oxlint-disable-next-line no-await-in-loop -- they take turns.
    const [local, remote] = [await run(pool), await run(place.cluster)];
    if (round === 0) continue;
    here.push(local);
    there.push(remote);
  }
  const median = (values: readonly number[]): number => spreadOf(values).median;
  return {
    time: median(there.map(({ time }, at) => time / (here[at] as Run).time)),
    cpu: median(there.map(({ cpu }, at) => cpu / (here[at] as Run).cpu)),
    seconds: median(there.map(({ cpu }) => cpu)) / 1000,
    local: median(here.map(({ cpu }) => cpu)) / 1000,
  };
}
