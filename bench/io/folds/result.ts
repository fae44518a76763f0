import { writeFileSync } from 'node:fs';

/** The question that a program answers. */
export type Question = 'cities' | 'people' | 'top' | 'distinct';

export const TOP = 100;

/** Writes sums by key, in cents: the order in which floats are added must make no difference. */
export function writeSums(to: string, sums: Iterable<readonly [string, number]>): void {
  const lines = [...sums].map(([key, sum]) => `${key},${Math.round(sum * 100)}\n`);
  writeFileSync(to, lines.sort().join(''));
}

/** Writes the largest amounts: of rows with the same one, which of them is there depends on who read them. */
export function writeTop(to: string, amounts: readonly number[]): void {
  writeFileSync(to, amounts.join('\n'));
}

export function readQuestion(): Question {
  return process.argv[4] as Question;
}
