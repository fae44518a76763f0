import { parseArgs } from 'node:util';

/** Request of the command line. */
export interface BenchArguments {
  /** Names of groups, or parts of names of cases; none means all. */
  readonly words: readonly string[];
  readonly rounds: number | undefined;
  readonly isFull: boolean;
  readonly isHelp: boolean;
  /** Files to write, and the one to compare with. */
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly markdown: string | undefined;
  readonly compare: string | undefined;
}

export const HELP: string = `npm run bench -- [words] [options]

Measures Telar beside a plain loop, a program by hand, and what one would use instead.
A word is the name of a group, or a part of the name of a case; without words all cases run.

  --full            the sizes that the goals are for, for as long as that takes
  --rounds <n>      how often each contender runs, from 1
  --json <file>     write all numbers
  --html <file>     write a report, one file that needs nothing else
  --markdown <file> renew the tables in a page that has places for them, such as docs/which-tool.md
  --compare <file>  compare with what --json wrote before; exits with 1 when something got slower or larger
                    by more than the rounds of both lie apart
  --help            print this

Exits with 0; with 1 when --full falls short of a goal or --compare finds a regression; with 2 for wrong usage.`;

/** Reads the command line. Throws a `TypeError` or `RangeError` for what it does not know. */
export function readArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      rounds: { type: 'string' },
      json: { type: 'string' },
      html: { type: 'string' },
      markdown: { type: 'string' },
      compare: { type: 'string' },
    },
    allowPositionals: true,
  });
  return {
    words: positionals,
    rounds: values.rounds === undefined ? undefined : readRounds(values.rounds),
    isFull: values.full,
    isHelp: values.help,
    json: values.json,
    html: values.html,
    markdown: values.markdown,
    compare: values.compare,
  };
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  throw new RangeError(`Expected --rounds to be a whole number from 1, got "${text}".`);
}
