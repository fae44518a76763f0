import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cpuTime } from '../../harness/cpu-time.ts';
import { say } from '../../programs/say.ts';
import type { Summed } from './work.ts';

/** What a program says that downloads and computes. */
export interface MixedEnd {
  readonly time: number;
  readonly cpu: number;
  /** In ms. */
  readonly delay: number;
  readonly checksum: number;
}

/** Runs the body of a program `node program.js <port> <requests>`. */
export async function runMixed(work: (urls: readonly string[]) => Promise<readonly Summed[]>): Promise<void> {
  const [port, count] = process.argv.slice(2);
  const urls = Array.from({ length: Number(count) }, (_, at) => `http://127.0.0.1:${port}/${at}`);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const began = performance.now();
  const cpu = cpuTime();
  const results = await work(urls);
  const time = performance.now() - began;
  delays.disable();
  const checksum = results.reduce(
    (total, { id, rows, sum }, at) => (total + (id + rows + sum) * (at + 1)) % 2 ** 40,
    0,
  );
  say({ time, cpu: cpuTime() - cpu, delay: delays.percentile(99) / 1e6, checksum } satisfies MixedEnd);
}
