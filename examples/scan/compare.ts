import { cpus } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Row } from './analyse.ts';
import type { FoundFile } from './find-files.ts';
import { collectRows, collectRowsAlone } from './scan.ts';
import type { ScanOptions } from './scan.ts';

/** Times of the same files, in a plain loop and with Telar. */
export interface Comparison {
  readonly files: number;
  readonly bytes: number;
  readonly alone: Timing;
  readonly parallel: Timing;
  /** Rows that were not the same both ways: files that changed meanwhile. */
  readonly differing: number;
}

export interface Timing {
  /** Milliseconds, the median of all rounds. */
  readonly elapsed: number;
  /** Number of cores that other programs took, where they left none idle. */
  readonly taken: number;
}

/** Enough to run for half a second or so. */
const SAMPLE_FILES = 100;
const SAMPLE_BYTES = 4_000_000;
const ROUNDS = 3;

/**
 * Times a sample both ways by turns, on the pool that has just run everything, so that its code is compiled. So is
 * this thread's, after a first pass that does not count.
 *
 * @returns `undefined` when there are too few files to share out.
 */
export async function compare(options: ScanOptions): Promise<Comparison | undefined> {
  const files = takeSample(options.files);
  if (files.length < 10) return undefined;
  const sample = { ...options, files };
  const expected = await collectRowsAlone(sample);
  const alone: Timing[] = [];
  const parallel: Timing[] = [];
  let differing = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [collect, timings] of [
      [collectRowsAlone, alone],
      [collectRows, parallel],
    ] as const) {
      const { value, timing } = await time(() => collect(sample));
      differing = Math.max(differing, countDiffering(value, expected));
      timings.push(timing);
    }
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { files: files.length, bytes, alone: takeMedian(alone), parallel: takeMedian(parallel), differing };
}

function countDiffering(rows: readonly Row[], expected: readonly Row[]): number {
  return expected.filter((row, place) => !isDeepStrictEqual(row, rows[place])).length;
}

/** Takes every n-th file of those ordered by size, from the middle of the first n: small and large alike. */
export function takeSample(files: readonly FoundFile[]): FoundFile[] {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const step = Math.max(1, Math.ceil(files.length / SAMPLE_FILES), Math.ceil(bytes / SAMPLE_BYTES));
  // Stable, so that the order among files of one size is that of the listing.
  const bySize = files.toSorted((a, b) => b.size - a.size);
  return bySize.filter((_, place) => place % step === Math.floor(step / 2));
}

async function time<T>(work: () => Promise<T>): Promise<{ value: T; timing: Timing }> {
  const start = performance.now();
  const before = readClocks();
  const value = await work();
  const after = readClocks();
  const elapsed = performance.now() - start;
  const own = (after.own - before.own) / elapsed;
  const busy = (after.busy - before.busy) / elapsed;
  const isFull = busy > 0.9 * cpus().length;
  return { value, timing: { elapsed, taken: isFull ? Math.max(0, busy - own) : 0 } };
}

/** Milliseconds of CPU so far, of this process and of the whole machine. */
function readClocks(): { own: number; busy: number } {
  const { user, system } = process.cpuUsage();
  const busy = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { own: (user + system) / 1000, busy };
}

function takeMedian(timings: readonly Timing[]): Timing {
  const ranked = timings.toSorted((a, b) => a.elapsed - b.elapsed);
  return ranked[Math.floor(ranked.length / 2)] ?? { elapsed: 0, taken: 0 };
}
