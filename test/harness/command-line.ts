import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

type WithHelp<T extends Options> = T & { readonly help: { type: 'boolean'; short: 'h' } };

/** Command line of a script: its options, and the words that stand beside them. */
export type CommandLine<T extends Options> = ReturnType<
  typeof parseArgs<{ options: WithHelp<T>; allowPositionals: true }>
>;

/**
 * Reads the command line of a script. For `--help` it prints the usage and ends the program; for an option that the script
 * does not have it ends with exit code 2.
 *
 * @param check - Throws for options and words that mean nothing.
 */
export function readCommandLine<const T extends Options>(
  usage: string,
  options: T,
  check: (given: CommandLine<T>) => void,
): CommandLine<T> {
  try {
    const given: CommandLine<T> = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if ((given.values as { readonly help?: boolean }).help !== true) {
      check(given);
      return given;
    }
  } catch (thrown) {
    console.error(`${(thrown as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
  console.log(usage);
  return process.exit(0);
}

/** Throws for the first word that names nothing. */
export function assertKnown(
  words: readonly string[],
  what: string,
  isKnown: (word: string) => boolean,
): void {
  for (const word of words) if (!isKnown(word)) throw new RangeError(`There is no ${what} "${word}".`);
}

/** Throws where a script that takes no words is given one. */
export function assertNoWords(words: readonly string[]): void {
  if (words.length > 0)
    throw new TypeError(`Expected no words beside the options, got "${words.join(' ')}".`);
}
