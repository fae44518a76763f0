/**
 * Measures what a run takes of the main thread. Arguments: what is run, the number of workers, of items, and of turns of
 * the work loop in a microsecond.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { cpuTime } from '../harness/cpu-time.ts';
import { nothing, pause, runLong } from '../tasks.ts';
import { say } from './say.ts';
import { importTelar } from './telar.ts';

/** Findings of a run. Times are in ms. */
export interface ScaleEnd {
  readonly workers: number;
  readonly time: number;
  readonly cpu: number;
  /** CPU of the main thread alone; where the system does not tell, how long it was not idle. */
  readonly main: number;
  /** Delay of the event loop, 99th percentile. */
  readonly delay: number;
  readonly rss: number;
}

const MB = 1 << 20;
const MILLISECONDS = 0.2;
const RESOLUTION = 1;

const [kind = '', workers, items, perMicrosecond] = process.argv.slice(2);
const count = Number(items);
const { parallelMap, parallelMapIterable, Pool, transfer } = await importTelar();
const pool = new Pool({ workers: Number(workers) });
const single = { pool, chunkSize: 1 };
const numbers = Array.from({ length: count }, (_, at) => at);

/** Blocks that are handed over; the memory of each is new, as that of a file's blocks is. */
function* makeBlocks(): Generator<Uint8Array> {
  for (let at = 0; at < count; at++) yield transfer(new Uint8Array(MB));
}

async function readAll(results: AsyncIterable<unknown>): Promise<void> {
  let left = count;
  for await (const _ of results) left--;
  if (left !== 0) throw new Error(`${left} results are missing.`);
}

const runs: Readonly<Record<string, () => Promise<unknown>>> = {
  compute: () => {
    const turns = Math.round(Number(perMicrosecond) * 1000 * MILLISECONDS);
    return parallelMap(
      numbers.map(() => turns),
      runLong,
      { pool },
    );
  },
  'messages, waiting': () => parallelMap(numbers, pause, single),
  'messages, nothing': () => parallelMap(numbers, nothing, single),
  'blocks, waiting': () => readAll(parallelMapIterable(makeBlocks(), pause, single)),
  'blocks, nothing': () => readAll(parallelMapIterable(makeBlocks(), nothing, single)),
};

// All workers are there before the clock runs.
await parallelMap(
  Array.from({ length: pool.workers }, (_, at) => at),
  pause,
  single,
);
const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
delays.enable();
const [start, cpu, main] = [performance.now(), cpuTime(), readMain()];
await runs[kind]?.();
say({
  workers: pool.workers,
  time: performance.now() - start,
  cpu: cpuTime() - cpu,
  main: readMain() - main,
  delay: Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION),
  rss: process.memoryUsage.rss(),
} satisfies ScaleEnd);
delays.disable();
await pool.close();

/** Milliseconds of the main thread so far. */
function readMain(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return performance.eventLoopUtilization().active;
  }
}
