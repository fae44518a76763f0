import { TaskError } from '../errors.ts';
import type { CallSite } from '../flow/failure/failures.ts';
import { launch } from '../flow/run/launch.ts';
import { TypedArraySource } from '../flow/source/source.ts';
import { resolveTask } from '../task/resolve.ts';
import { releaseSegment } from '../flow/run/reorder.ts';
import { assertMapOptions, type CallOptions } from '../options.ts';

/** Options of the calls over typed arrays. */
export type IntoOptions = Pick<CallOptions, 'workers' | 'pool' | 'signal'>;

/** Work on the elements from `from` up to `to`. */
export interface Blocks {
  /** How many elements there are. */
  readonly length: number;
  /** The most blocks that they are cut into: so many items the engine carries, whatever the length. */
  readonly most: number;
}

export interface BlockRun {
  readonly blocks: Blocks;
  /** Runs on a worker, with the first element of a block; it finds the end by itself. */
  readonly task: (from: number) => unknown;
  readonly options: IntoOptions;
  readonly callSite: CallSite;
  /** Is given the results in the order of the blocks. */
  readonly onResult?: (result: unknown) => void;
  /** Where a worker notes the element that failed. */
  readonly failedAt?: Float64Array;
}

const NAMES = ['workers', 'pool', 'signal'];

/** How many elements a block has. */
export function chooseBlockLength({ length, most }: Blocks): number {
  return Math.max(1, Math.ceil(length / most));
}

/**
 * Runs a task over blocks of elements. A block is an item to the engine, which joins as many as take 20 ms to a chunk,
 * hands them out and takes them back; a message carries the numbers of the blocks and nothing else.
 */
export async function runBlocks(run: BlockRun): Promise<void> {
  const { blocks, task, options, callSite, onResult, failedAt } = run;
  options.signal?.throwIfAborted();
  const size = chooseBlockLength(blocks);
  const starts = Float64Array.from({ length: Math.ceil(blocks.length / size) }, (_, block) => block * size);
  const { run: launched, begin } = launch({
    source: new TypedArraySource(starts),
    define: () => resolveTask(task),
    key: task,
    options,
    timeout: undefined,
    callSite,
    form: {
      isOrdered: true,
      onFailure: 'reject',
      deliver: (segment) => {
        if (onResult !== undefined)
          for (let at = 0; at < segment.values.length; at++) onResult(segment.values[at]);
        releaseSegment(segment);
      },
      room: undefined,
      isAwaited: undefined,
    },
  });
  begin();
  try {
    await launched.finished;
  } catch (error) {
    throw nameElement(error, failedAt, size);
  }
}

export function assertIntoOptions(options: IntoOptions | undefined): void {
  assertMapOptions(options);
  for (const key of Object.keys(options ?? {})) {
    if (NAMES.includes(key)) continue;
    throw new TypeError(`Unknown option \`${key}\`. Known options here: ${NAMES.join(', ')}.`);
  }
}

/** The user's line, for the stacks of errors. */
export function captureSite(caller: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  Error.captureStackTrace(site, caller);
  return site;
}

/** An error of a block becomes one of the element that failed. */
function nameElement(error: unknown, failedAt: Float64Array | undefined, size: number): unknown {
  if (!(error instanceof TaskError) || failedAt === undefined) return error;
  const block = error.index;
  // A block that failed elsewhere at the same time may have written over it: then the block says enough.
  const noted = failedAt[0] ?? 0;
  const index = Math.floor(noted / size) === block ? noted : block * size;
  const message = error.message.replace(/^Item \d+/, `Element ${index}`);
  const named = new TaskError(message, { index, attempts: error.attempts }, { cause: error.cause });
  const stack = error.stack?.replace(error.message, message);
  Object.defineProperty(named, 'stack', { value: stack, writable: true, configurable: true });
  return named;
}
