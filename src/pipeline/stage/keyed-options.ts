import { tmpdir } from 'node:os';
import { describeValue } from '../../errors/describe.ts';
import { assertBytes, assertKnown, optionError } from '../../options/check.ts';

/** Options of stages that hold something for each key. */
export interface KeyedOptions {
  /**
   * Lets keys that do not fit in memory go to temporary files. `{}` takes the defaults. Results and their order
   * are the same; states have to be of a kind that can be cloned. `@defaultValue` everything is held in memory
   */
  readonly spill?: SpillOptions | undefined;
}

/** Limits of what a stage holds in memory. Beyond them it writes to files that are gone when the run has ended. */
export interface SpillOptions {
  /** Bytes that the keys and what is held for them may take in memory, from 1 MB. `@defaultValue` 256 MB */
  readonly memory?: number | undefined;
  /** Folder in which the run makes one of its own, which only this user can read. `@defaultValue` that of the system */
  readonly folder?: string | undefined;
}

export type ResolvedSpill = { readonly [Name in keyof SpillOptions]-?: NonNullable<SpillOptions[Name]> };

const MEMORY = 256 * 1024 * 1024;

export function resolveSpill(options: KeyedOptions | undefined): ResolvedSpill | undefined {
  assertKnown(options, ['spill']);
  const spill = options?.spill;
  if (spill === undefined) return undefined;
  if (typeof spill !== 'object' || spill === null) {
    throw optionError(`Expected \`spill\` to be { memory, folder }, got ${describeValue(spill)}.`);
  }
  assertKnown(spill, ['memory', 'folder']);
  const { memory = MEMORY, folder = tmpdir() } = spill;
  assertBytes(memory, 'memory', 1);
  if (typeof folder !== 'string' || folder === '') {
    throw optionError(`Expected \`folder\` to be the path of a folder, got ${describeValue(folder)}.`);
  }
  return { memory, folder };
}
