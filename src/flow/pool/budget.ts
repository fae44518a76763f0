import type { PoolOptions, ResourceLimits } from '../../options/pool-options.ts';
import { countCores } from '../../machine/cores.ts';
import { countMemory } from '../../machine/memory.ts';

const MB = 1024 * 1024;
/** The share of all memory that the workers of a pool may have; the rest is for the program itself. */
const SHARE = 0.75;
/** Fewer bytes than this carry no worker: a thread holds 9 MB, and a task wants some. */
const LEAST = 64 * MB;
/** Bytes of a worker's share that are not for old objects, but for young ones, code and the thread itself. */
const BESIDES = 24 * MB;
/** The most MB that Node itself gives a heap: with more, V8 would only collect later. */
const MOST = 4096;

/** The part of the machine that a pool may use. */
export interface Budget {
  /** Number of workers: as many as were asked for, or cores there are, as far as the memory carries them. */
  readonly workers: number;
  /** Bytes of memory for each worker. */
  readonly share: number;
  /** Limits of each worker's heap; what the user sets stays. */
  readonly resourceLimits: ResourceLimits | undefined;
}

/** Divides the memory of a pool among its workers: never more of them than it carries, and to each a heap that fits. */
export function divideBudget(
  { workers = countCores(), memory, resourceLimits }: PoolOptions,
  granted: number = countMemory(),
): Budget {
  const whole = memory ?? SHARE * granted;
  // A heap limit of the user's is what a worker may come to need, but only where the budget is the user's as well.
  const heap = memory === undefined ? undefined : resourceLimits?.maxOldGenerationSizeMb;
  const need = heap === undefined ? LEAST : heap * MB + BESIDES;
  const carried = Math.max(1, Math.min(workers, Math.floor(whole / need)));
  const share = whole / carried;
  return { workers: carried, share, resourceLimits: limitHeap(share, resourceLimits) };
}

function limitHeap(share: number, limits: ResourceLimits | undefined): ResourceLimits | undefined {
  if (limits?.maxOldGenerationSizeMb !== undefined || isHeapLimited()) return limits;
  const old = Math.max(1, Math.floor((share - BESIDES) / MB));
  return { ...limits, maxOldGenerationSizeMb: Math.min(old, MOST) };
}

/** Tells whether the program was started with a heap limit of its own, which V8 applies to every thread. */
function isHeapLimited(): boolean {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  return /--max[-_]old[-_]space[-_]size/.test(flags);
}
