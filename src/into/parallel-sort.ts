import { captureSite } from '../errors/call-site.ts';
import { describeValue } from '../errors/describe.ts';
import { copyElements, createShared, type Elements, isElements, toShared } from './blocks/elements.ts';
import { mergeStretch, type MergeStep } from './blocks/merge.ts';
import { type BlockRun, type IntoOptions, runBlocks, takeIntoOptions } from './run-blocks.ts';

import { choosePool } from '../flow/launch/launch.ts';
import { sharedPool } from '../flow/pool/pool.ts';

/** Below this many elements, `sort()` has finished before a worker has begun. */
const FEWEST = 1 << 15;
/** The fewest elements of a part that a worker sorts, where more workers are asked for than the array has such parts. */
const FEWEST_IN_PART: number = FEWEST / 2;

type RunStage = (stage: Pick<BlockRun, 'blocks' | 'task'>) => Promise<void>;

/**
 * Sorts a typed array in place, on all cores, and resolves with it: in the order of its own `sort()`, so ascending,
 * -0 before 0 and NaN last.
 *
 * Each worker sorts a part, and the parts are merged by all. The call takes another array of the same size for as long
 * as it runs, and one more when the array is not over shared memory. What the array holds is undefined until the call
 * has ended; after a failure or an abort it may be what it was or not.
 *
 * Cost: below 32,768 elements the array is sorted on the calling thread.
 *
 * @example
 * ```ts
 * await parallelSort(latencies);
 * const median = latencies[latencies.length >> 1];
 * ```
 */
export async function parallelSort<A extends Elements>(array: A, options?: IntoOptions): Promise<A> {
  if (!isElements(array)) {
    throw new TypeError(`Expected a typed array, got ${describeValue(array)}.`);
  }
  const taken = takeIntoOptions(options, 'parallelSort');
  taken.signal?.throwIfAborted();
  const { length } = array;
  const wanted = taken.workers ?? taken.pool?.workers ?? sharedPool().workers;
  const workers = Math.min(wanted, Math.floor(length / FEWEST_IN_PART));
  if (length < FEWEST || workers < 2) {
    array.sort();
    return array;
  }
  const callSite = captureSite(parallelSort);
  // A pool of the call's own, where there is one, serves all stages.
  const { pool, isOwn } = choosePool(taken);
  try {
    const options = { ...taken, workers: undefined, pool };
    await sortBy((stage) => runBlocks({ ...stage, options, callSite }), array, workers);
    return array;
  } finally {
    if (isOwn) await pool.close();
  }
}

/** Sorts parts, and merges them in rounds: each stage is a run over all workers. */
async function sortBy(run: RunStage, array: Elements, workers: number): Promise<void> {
  const { length } = array;
  const parts = 2 ** Math.ceil(Math.log2(workers));
  const bounds = Array.from({ length: parts + 1 }, (_, part) => Math.floor((length * part) / parts));
  let sorted = toShared(array);
  let spare = createShared(array);
  await run({ blocks: { length: parts, most: parts }, task: sortParts(sorted, bounds) });
  for (let width = 1; width < parts; width *= 2) {
    const steps = planMerges(bounds, width);
    const { length: count } = steps;
    // Each round needs the one before it.
    // oxlint-disable-next-line no-await-in-loop
    await run({ blocks: { length: count, most: count }, task: mergeParts(sorted, spare, steps) });
    [sorted, spare] = [spare, sorted];
  }
  orderZeros(sorted);
  if (sorted !== array) copyElements(array, sorted);
}

function sortParts(memory: Elements, bounds: readonly number[]): (part: number) => number {
  return (part) => {
    memory.subarray(bounds[part], bounds[part + 1]).sort();
    return 0;
  };
}

function mergeParts(
  source: Elements,
  target: Elements,
  steps: readonly MergeStep[],
): (step: number) => number {
  return (step) => {
    mergeStretch(source, target, steps[step] as MergeStep);
    return 0;
  };
}

/**
 * Plans one round: each pair of neighbours is cut into as many stretches as it has parts, so that all workers are busy.
 */
function planMerges(bounds: readonly number[], width: number): MergeStep[] {
  const steps: MergeStep[] = [];
  for (let part = 0; part + 1 < bounds.length; part += 2 * width) {
    const [from, middle, to] = [part, part + width, part + 2 * width].map((at) => bounds[at] as number) as [
      number,
      number,
      number,
    ];
    for (let stretch = 0; stretch < 2 * width; stretch++) {
      const [begin, end] = [stretch, stretch + 1].map(
        (at) => from + Math.floor(((to - from) * at) / (2 * width)),
      ) as [number, number];
      steps.push({ from, middle, to, begin, end });
    }
  }
  return steps;
}

/**
 * Puts -0 before 0. Merging takes the two zeros for equal; they lie side by side afterwards, and only floats have two.
 */
function orderZeros(sorted: Elements): void {
  if (!isFloating(sorted)) return;
  const first = bisect(sorted, (value) => value >= 0 || Number.isNaN(value));
  const after = bisect(sorted, (value) => value > 0 || Number.isNaN(value));
  let negative = 0;
  for (let at = first; at < after; at++) if (Object.is(sorted[at], -0)) negative++;
  sorted.fill(-0, first, first + negative).fill(0, first + negative, after);
}

/** Tells by its tag whether an array holds floats: `Float16Array` is there from Node 24 on. */
function isFloating(array: Elements): array is Float64Array | Float32Array {
  return (array[Symbol.toStringTag] as string).startsWith('Float');
}

/** Finds the first position where a condition holds that holds for all after it. */
function bisect(sorted: Float64Array | Float32Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const at = (low + high) >>> 1;
    if (holds(sorted[at] as number)) high = at;
    else low = at + 1;
  }
  return low;
}
