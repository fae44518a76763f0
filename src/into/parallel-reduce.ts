import { captureSite } from '../errors/call-site.ts';
import { refuseSwapped, takeMerged } from '../options/arguments.ts';
import { describeValue } from '../errors/describe.ts';
import { assertSource, type ElementOf, type Elements, isElements, toShared } from './blocks/elements.ts';
import { describeFunctions } from './describe-functions.ts';
import { foldBlock } from './blocks/fold-block.ts';
import { chooseBlockLength, type IntoOptions, runBlocks, takeIntoOptions } from './run-blocks.ts';
import { findBlockTask } from './block-tasks.ts';
import { applyTask } from '../task/handle/applied.ts';

/** Functions that make one value of elements. */
export interface Reduction<Element, Accumulator> {
  /** Makes the value to start from, once for each block of elements: one that `merge` takes for nothing. */
  readonly init: () => Accumulator;
  /** Adds an element to the accumulator. Runs on the workers. */
  readonly step: (accumulator: Accumulator, element: Element, index: number) => Accumulator;
  /** Joins the values of two neighbouring blocks, the earlier one first. Runs on the calling thread. */
  readonly merge: (left: Accumulator, right: Accumulator) => Accumulator;
}

/** The most blocks: each gives a result to carry and to merge, which may be large. */
const MOST_BLOCKS = 256;

/**
 * Makes one value of all elements, on all cores.
 *
 * The elements are cut into at most 256 blocks, by their number alone, and the values of the blocks are merged in
 * order: so the answer is the same on any number of workers, also where `step` rounds. Rejects at the first failure
 * with a `TaskError` whose `index` is the element's. An accumulator is cloned once for each block.
 *
 * A source over shared memory is read where it lies; any other is copied into shared memory first.
 *
 * @example
 * ```ts
 * const sum = await parallelReduce(prices, {
 *   init: () => 0,
 *   step: (total, price) => total + price,
 *   merge: (left, right) => left + right,
 * });
 * ```
 */
export async function parallelReduce<
  Source extends Elements | readonly number[] | readonly bigint[],
  Accumulator,
>(
  source: Source,
  reduction: Reduction<ElementOf<Source>, Accumulator>,
  options?: IntoOptions,
): Promise<Accumulator> {
  const isSwapped = isElements(reduction) || Array.isArray(reduction);
  refuseSwapped(isSwapped, 'parallelReduce(source, { init, step, merge })', [source, reduction]);
  assertSource(source);
  assertReduction(reduction);
  const taken = takeIntoOptions(options, 'parallelReduce');
  const callSite = captureSite(parallelReduce);
  const { init, step, merge } = reduction;
  const input = toShared(source);
  const { length } = input;
  const blocks = { length, most: MOST_BLOCKS };
  const failedAt = new Float64Array(new SharedArrayBuffer(8)).fill(-1);
  const key = describeFunctions([init, step], callSite);
  const work = { source: input, size: chooseBlockLength(blocks), length, failedAt, init, step, key };
  const task = applyTask(foldBlock, findBlockTask('foldBlock'), work);
  let merged: { readonly value: Accumulator } | undefined;
  const onResult = (result: unknown): void => {
    const value = result as Accumulator;
    merged = {
      value: merged === undefined ? value : (takeMerged(merge(merged.value, value)) as Accumulator),
    };
  };
  await runBlocks({
    blocks,
    task,
    options: taken,
    callSite,
    failedAt,
    elementAt: (at) => input[at],
    onResult,
  });
  return merged === undefined ? init() : merged.value;
}

function assertReduction(reduction: unknown): void {
  const parts = Object(reduction) as Record<string, unknown>;
  for (const name of ['init', 'step', 'merge']) {
    if (typeof parts[name] === 'function') continue;
    throw new TypeError(
      `Expected { init, step, merge }, three functions; \`${name}\` is ${describeValue(parts[name])}.`,
    );
  }
}
