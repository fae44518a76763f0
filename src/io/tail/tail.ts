import { resolve } from 'node:path';
import { describeValue } from '../../errors/describe.ts';
import { type PositionedReader, positions, type PositionedSource } from '../../flow/source/positioned.ts';
import type { FilePlace } from './followed-file.ts';
import { readLines } from './line-reader.ts';
import { isPattern } from '../../bytes/read/inputs/patterns.ts';
import { readPattern, type TailedLine } from './pattern.ts';
import { resolveTail, type TailOptions } from './tail-options.ts';

/** A pattern: a path with one of `*`, `?`, `[`, `{`. */
type Pattern = `${string}${'*' | '?' | '[' | '{'}${string}`;

/**
 * Reads the lines of a file as they are appended, without end, as `tail -F` does. A file that does not exist yet is
 * waited for. When it is renamed and another takes its place, the old one is read until it has stood still for
 * `rotateWait`, then those that had the name in between, and then the new one. When the file is cut, reading begins
 * anew, and what there was of a line without its end is dropped. A line comes once it is complete; the last of a file
 * that was replaced also without its end.
 *
 * Of a pattern, such as `logs/*.log`, all files are followed, those that appear later from their start, and lines carry
 * their `file`; the lines come as they are found, in order within a file.
 *
 * With the `journal` of a pipeline, reading goes on behind the last line whose results are safe, also where the file
 * was rotated meanwhile: the file is found by its inode, or as the copy that was made before it was cut. A run whose
 * file is gone is refused.
 *
 * Not seen are files in between whose names were changed in another way than by a number or a date behind the name,
 * what is written to an old file after it has stood still, what is cut off before it is read, and a cut file that has
 * grown to its former size before it is looked at.
 *
 * The file is read on only as lines are taken. Leaving the loop closes the file and the watcher.
 *
 * @example
 * ```ts
 * for await (const line of tail('/var/log/app.log')) if (line.includes('ERROR')) alert(line);
 * ```
 */
export function tail(path: Pattern | readonly string[], options?: TailOptions): PositionedSource<TailedLine>;
export function tail(path: string, options?: TailOptions): PositionedSource<string>;
export function tail(
  path: string | readonly string[],
  options: TailOptions = {},
): PositionedSource<string | TailedLine> {
  const paths: readonly unknown[] = Array.isArray(path) ? path : [path];
  if (paths.length === 0 || !paths.every((each) => typeof each === 'string' && each !== '')) {
    throw new TypeError(`Expected the path of a file to follow, or a pattern, got ${describeValue(path)}.`);
  }
  const resolved = resolveTail(options);
  const isMany = typeof path !== 'string' || isPattern(path);
  const open = (from: unknown, isTracked: boolean): PositionedReader<string | TailedLine> =>
    isMany
      ? readPattern(
          paths as readonly string[],
          resolved,
          from as Record<string, FilePlace> | undefined,
          isTracked,
        )
      : readLines(unescape(path), resolved, from as FilePlace | undefined, isTracked);
  return {
    [positions]: {
      describe: () => `tail of ${(paths as readonly string[]).map((each) => resolve(each)).join(', ')}`,
      open: (from) => open(from, true),
    },
    [Symbol.asyncIterator]: () => {
      const lines = open(undefined, false)[Symbol.asyncIterator]();
      return {
        next: async () => {
          const step = await lines.next();
          return step.done === true ? step : { done: false, value: step.value.item };
        },
        return: async () => {
          await lines.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/**
 * Returns the name of a file that holds characters of patterns: a backslash before them says so. On Windows it is a
 * separator.
 */
function unescape(path: string): string {
  return process.platform === 'win32' ? path : path.replace(/\\([*?[\]{}()!])/g, '$1');
}
