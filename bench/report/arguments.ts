import { parseArgs } from 'node:util';

export interface BenchArguments {
  /** Names of groups or cases; none means all. */
  readonly names: readonly string[];
  readonly rounds: number | undefined;
}

/** @param known - All names of groups and cases. */
export function readArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string' } },
    allowPositionals: true,
  });
  for (const name of positionals) {
    if (known.includes(name)) continue;
    throw new RangeError(`There is no group or case "${name}". There are: ${known.join(', ')}.`);
  }
  return { names: positionals, rounds: values.rounds === undefined ? undefined : readRounds(values.rounds) };
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  throw new RangeError(`Expected --rounds to be a whole number from 1, got "${text}".`);
}
