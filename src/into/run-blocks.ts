import { optionError } from '../options/check.ts';
import type { CallSite } from '../errors/call-site.ts';
import type { NameItem } from '../flow/failure/failures.ts';
import { launch, type ResolvedCall, runToEnd } from '../flow/launch/launch.ts';
import { enterPool } from '../flow/pool/pool.ts';
import { TypedArraySource } from '../flow/source/source.ts';
import { resolveTask } from '../task/resolve-task.ts';
import { releaseSegment } from '../flow/outcome/segment.ts';
import { previewValue } from '../errors/preview.ts';
import { type CallOptions, takeMapOptions } from '../options/call-options.ts';

/** Options of the calls over typed arrays. */
export type IntoOptions = Pick<CallOptions, 'workers' | 'pool' | 'signal' | 'store'>;

/** Number of elements to work on, and of the blocks that they are cut into. */
export interface Blocks {
  /** Number of elements. */
  readonly length: number;
  /** The most blocks that the elements are cut into: the engine carries so many items at most, whatever the length. */
  readonly most: number;
}

export interface BlockRun {
  readonly blocks: Blocks;
  /** Runs on a worker, with the position of the first element of a block; finds the end of the block by itself. */
  readonly task: (from: number) => unknown;
  readonly options: IntoOptions;
  readonly callSite: CallSite;
  /** Receives the results in the order of the blocks. */
  readonly onResult?: (result: unknown) => void;
  /** Cell in which a worker notes the position of the element that failed: below 0 until then. */
  readonly failedAt?: Float64Array;
  /** Returns the element at a position, for errors; absent where blocks are no blocks of elements. */
  readonly elementAt?: (index: number) => unknown;
}

const NAMES = ['workers', 'pool', 'signal', 'store'];

/** Returns the number of elements in a block. */
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
  const call: ResolvedCall = {
    source: new TypedArraySource(starts),
    options,
    timeout: undefined,
    callSite,
    form: {
      isOrdered: true,
      onFailure: 'reject',
      receiver: {
        deliver: (segment) => {
          try {
            if (onResult !== undefined)
              for (let at = 0; at < segment.values.length; at++) onResult(segment.values[at]);
          } catch (thrown) {
            // An error of the user's function ends the call, and not the program.
            launched.run.fail(thrown);
          }
          releaseSegment(segment);
        },
      },
      nameItem: failedAt === undefined ? undefined : nameElements(run, size),
    },
  };
  const launched = launch(call, { define: () => resolveTask(task, callSite), key: task });
  await runToEnd(launched);
}

/**
 * Checks the options of a call, and returns a copy of its own.
 *
 * @param call - Name of the call, for messages.
 */
export function takeIntoOptions(options: IntoOptions | undefined, call: string): IntoOptions {
  const taken: IntoOptions = takeMapOptions(options);
  for (const key of Object.keys(options ?? {})) {
    if (NAMES.includes(key)) continue;
    throw optionError(`Unknown option \`${key}\`. Known options here: ${NAMES.join(', ')}.`);
  }
  if (taken.pool !== undefined && enterPool(taken.pool).isRemote === true) {
    throw optionError(
      `${call} works in memory that its workers share, which does not reach other machines: \`pool\` is a Cluster. ` +
        'Leave it out, or use a Pool; parallelMap takes a Cluster.',
    );
  }
  return taken;
}

/** Names a block by the element that failed, where that is known, or by its elements. */
function nameElements({ blocks, elementAt, failedAt }: BlockRun, size: number): NameItem {
  return ({ index: block, attempts }) => {
    const first = block * size;
    // A block that failed elsewhere at the same time may have written over the position: then the block says enough.
    const noted = failedAt?.[0] ?? -1;
    const isNoted = Math.floor(noted / size) === block;
    const elements = isNoted ? 1 : Math.min(size, blocks.length - first);
    const index = isNoted ? noted : first;
    const item = elements === 1 && elementAt !== undefined ? previewValue(elementAt(index)) : undefined;
    return { index, attempts, elements, item };
  };
}
