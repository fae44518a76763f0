import {
  assertCount,
  assertFunction,
  assertKnown,
  assertMilliseconds,
  optionError,
} from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';

/** Options of `tail`. */
export interface TailOptions {
  /** Place to begin at in a file that is there already: its end, its start, or a byte. `@defaultValue` end */
  readonly from?: 'end' | 'start' | number | undefined;
  /** Signal that ends the reading: the loop throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between looks, where the system does not tell of changes. `@defaultValue` 250 */
  readonly interval?: number | undefined;
  /** Most bytes of a line; a longer one comes in pieces of about this size. `@defaultValue` 16 MB */
  readonly maxLineBytes?: number | undefined;
  /**
   * Milliseconds for which a file that was renamed has to stand still before it is left for the one that took its place:
   * whoever writes it may go on with it for a while. `@defaultValue` 1000
   */
  readonly rotateWait?: number | undefined;
  /** Called once, when the reader stands where it begins: lines that are written from then on will come. */
  readonly onReady?: (() => void) | undefined;
}

/** The options of `tail` with all defaults. */
export interface ResolvedTail {
  readonly from: 'end' | 'start' | number;
  readonly signal: AbortSignal | undefined;
  readonly interval: number;
  readonly maxLineBytes: number;
  readonly rotateWait: number;
  readonly onReady: (() => void) | undefined;
}

export function resolveTail(options: TailOptions): ResolvedTail {
  assertKnown(options, ['from', 'signal', 'interval', 'maxLineBytes', 'rotateWait', 'onReady']);
  assertMilliseconds(options.interval, 'interval');
  assertMilliseconds(options.rotateWait, 'rotateWait', 0);
  assertCount(options.maxLineBytes, 'maxLineBytes');
  assertFunction(options.onReady, 'onReady', 'a function');
  const { from = 'end' } = options;
  if (from !== 'end' && from !== 'start' && !(Number.isInteger(from) && from >= 0)) {
    throw optionError(
      `Expected \`from\` to be 'end', 'start' or a number of bytes, got ${describeValue(from)}.`,
    );
  }
  return {
    from,
    signal: options.signal,
    interval: options.interval ?? 250,
    maxLineBytes: options.maxLineBytes ?? 16 * 1024 * 1024,
    rotateWait: options.rotateWait ?? 1000,
    onReady: options.onReady,
  };
}
