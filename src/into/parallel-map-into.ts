import { isSharedArrayBuffer } from 'node:util/types';
import { captureSite } from '../errors/call-site.ts';
import { refuseAsync, refuseSwapped } from '../options/arguments.ts';
import { describeValue } from '../errors/describe.ts';
import {
  assertSource,
  copyElements,
  copyShared,
  createShared,
  type ElementOf,
  type Elements,
  isElements,
  toShared,
} from './blocks/elements.ts';
import { describeFunctions } from './describe-functions.ts';
import { fillBlock } from './blocks/fill-block.ts';
import { chooseBlockLength, type IntoOptions, runBlocks, takeIntoOptions } from './run-blocks.ts';
import { findBlockTask } from './block-tasks.ts';
import { applyTask } from '../task/handle/applied.ts';

/** Blocks are 1/4096 of the work: fine enough to balance, few enough that carrying them costs little. */
const MOST_BLOCKS = 4096;

/**
 * Writes `fn(element, index)` of each element of `source` into `target`, on all cores, and resolves with `target`.
 *
 * Elements are written where they belong, in no order. Rejects at the first failure with a `TaskError` whose `index`
 * is the element's; what was written until then stays. `target` may be `source`; of a source that lies in the way of
 * the target, shifted or with elements of another size, a copy is read.
 *
 * Memory that is shared (`new Float64Array(new SharedArrayBuffer(bytes))`) is worked on where it lies: no element is
 * cloned or sent. A source that is not shared is copied into shared memory first, and a target that is not shared is
 * filled at the end.
 *
 * @param fn - Synchronous, an exported function or a closure. It runs in a loop made for it, into which V8 compiles it.
 * A promise that it returns is a failure of the element.
 *
 * @example
 * ```ts
 * const damped = await parallelMapInto(new Float64Array(times.length), times, (t) => Math.sin(t) * Math.exp(-t));
 * ```
 */
export async function parallelMapInto<
  Target extends Elements,
  Source extends Elements | readonly number[] | readonly bigint[],
>(
  target: Target,
  source: Source,
  fn: (element: ElementOf<Source>, index: number) => ElementOf<Target>,
  options?: IntoOptions,
): Promise<Target> {
  const isSwapped = typeof source === 'function' && typeof fn !== 'function';
  refuseSwapped(isSwapped, 'parallelMapInto(target, source, fn)', [target, source, fn]);
  refuseSwapped(typeof target === 'function', 'parallelMapInto(target, source, fn)', [target, source, fn]);
  assertSource(source);
  assertTarget(target, source.length);
  if (typeof fn !== 'function') {
    throw new TypeError(`Expected \`fn\` to be a function of an element, got ${describeValue(fn)}.`);
  }
  refuseAsync(fn, 'fn');
  const taken = takeIntoOptions(options, 'parallelMapInto');
  const callSite = captureSite(parallelMapInto);
  const isShared = isSharedArrayBuffer(target.buffer);
  // Workers write while others still read, so what is read must not be where others write.
  const input = isInTheWay(source, target) ? copyShared(source) : toShared(source);
  const { length } = input;
  const output = isShared ? target : createShared(target.subarray(0, length));
  const blocks = { length, most: MOST_BLOCKS };
  const failedAt = new Float64Array(new SharedArrayBuffer(8)).fill(-1);
  const key = describeFunctions([fn], callSite);
  const work = { source: input, target: output, size: chooseBlockLength(blocks), length, failedAt, fn, key };
  const task = applyTask(fillBlock, findBlockTask('fillBlock'), work);
  await runBlocks({ blocks, task, options: taken, callSite, failedAt, elementAt: (at) => input[at] });
  if (!isShared) copyElements(target, output);
  return target;
}

function assertTarget(target: unknown, length: number): void {
  if (!isElements(target)) {
    throw new TypeError(`Expected the target to be a typed array, got ${describeValue(target)}.`);
  }
  if (target.length >= length) return;
  throw new RangeError(
    `Expected the target to have room for ${length} elements, got one of ${target.length}.`,
  );
}

/** Tells whether some element of the target lies over another one of the source, in memory that threads share. */
function isInTheWay(source: unknown, target: Elements): source is Elements {
  if (!isElements(source) || source.buffer !== target.buffer) return false;
  if (!isSharedArrayBuffer(source.buffer)) return false;
  const size = target.BYTES_PER_ELEMENT;
  if (source.byteOffset === target.byteOffset && source.BYTES_PER_ELEMENT === size) return false;
  const written = target.byteOffset + source.length * size;
  return source.byteOffset < written && target.byteOffset < source.byteOffset + source.byteLength;
}
