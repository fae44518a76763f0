import type { Elements } from './elements.ts';
import { callApart, createLoop } from './loop.ts';

/** Data that one call works on, as each worker sees it. */
export interface Folding {
  readonly source: Elements;
  /** Number of elements in a block. */
  readonly size: number;
  readonly length: number;
  /** Cell in which the position of the element that failed is noted. */
  readonly failedAt: Float64Array;
  readonly init: () => unknown;
  readonly step: (accumulator: never, element: never, index: number) => unknown;
  readonly key: string | undefined;
}

type Loop = (source: Elements, from: number, to: number, failedAt: Float64Array) => unknown;

/** Text from which a loop of its own is made. */
const BODY = `return (source, from, to, failedAt) => {
  from |= 0;
  to |= 0;
  let index = from;
  try {
    let accumulator = init();
    for (; index < to; index++) accumulator = step(accumulator, source[index], index);
    return accumulator;
  } catch (thrown) {
    failedAt[0] = index;
    throw thrown;
  }
};`;

const loops = new WeakMap<Folding, Loop>();

/**
 * Computes the value of one block.
 *
 * @remarks Workers import this function, so that what it keeps outlives a call.
 */
export function foldBlock(work: Folding, from: number): unknown {
  let loop = loops.get(work);
  if (loop === undefined) {
    loop = prepareLoop(work);
    loops.set(work, loop);
  }
  const to = Math.min(from + work.size, work.length);
  return callApart(loop, work.source, from, to, work.failedAt);
}

function prepareLoop({ source, init, step, key }: Folding): Loop {
  const own = key && `fold ${source[Symbol.toStringTag]} ${key}`;
  type Create = (init: Folding['init'], step: Folding['step']) => Loop;
  // Positions beyond 2 ** 31 are no integers to V8.
  if (source.length >= 2 ** 31) return createFold(init, step);
  return createLoop<Create>(own, ['init', 'step'], BODY, [init, step]) ?? createFold(init, step);
}

function createFold(init: Folding['init'], step: Folding['step']): Loop {
  return (source, from, to, failedAt) => {
    let index = from;
    try {
      let accumulator = init();
      for (; index < to; index++) accumulator = step(accumulator as never, source[index] as never, index);
      return accumulator;
    } catch (thrown) {
      failedAt[0] = index;
      throw thrown;
    }
  };
}
