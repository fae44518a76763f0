import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** A command of the program `telar`. */
export interface Verb {
  readonly name: string;
  /** Summary of the command, in one line. */
  readonly summary: string;
  /** Runs the command, and returns the exit code: 0, or 1 for what it was to find out; mistakes throw. */
  run(args: readonly string[]): Promise<number>;
}

/** An option of a command. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** Name of the option's value, for the help. */
  readonly value?: string;
  readonly says: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Values of options by their names: texts, lists of texts, or true. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError for an option that there is not, or that lacks its value.
 */
export function readArgs(
  args: readonly string[],
  flags: Flags,
  allowPositionals = false,
): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true });
  } catch (thrown) {
    const [sentence] = (thrown as Error).message.split('. ');
    throw new UsageError(`${String(sentence)}. See --help.`, { cause: thrown });
  }
}

/** Returns the text of an option that has one. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Returns the whole number of an option.
 *
 * @throws UsageError for anything else, or below `least`.
 */
export function countOf(values: Values, name: string, least = 1): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least) {
    throw new UsageError(`Expected --${name} to be a whole number from ${least}, got '${text}'.`);
  }
  return number;
}

/**
 * Returns the milliseconds of an option such as `500ms`, `10s` or `2m`.
 *
 * @throws UsageError for anything else.
 */
export function durationOf(values: Values, name: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount === undefined)
    throw new UsageError(`Expected --${name} to be a time such as 500ms, 10s or 2m, got '${text}'.`);
  const scale = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] as number;
  return Math.round(Number(amount) * scale);
}
