import type { Case } from './case.ts';

/**
 * The cases that these words mean, in their own order: each is the name of a group, or else a part of the names of
 * cases. Without words it is all of them but the extra ones. Throws, with all names, when a word means none.
 */
export function pickCases(cases: readonly Case[], words: readonly string[]): readonly Case[] {
  if (words.length === 0) return cases.filter(({ isExtra }) => isExtra !== true);
  const groups = new Set(cases.map(({ group }) => group));
  const isMeant = ({ group, name }: Case, word: string): boolean =>
    groups.has(word) ? group === word : name.includes(word);
  for (const word of words) {
    if (cases.some((one) => isMeant(one, word))) continue;
    throw new RangeError(
      `There is no group "${word}" and no case with that in its name. ${listNames(cases)}`,
    );
  }
  return cases.filter((one) => words.some((word) => isMeant(one, word)));
}

/** All groups with their cases, for messages and for `--help`. */
export function listNames(cases: readonly Case[]): string {
  const groups = new Map<string, string[]>();
  for (const { group, name } of cases) groups.set(group, [...(groups.get(group) ?? []), name]);
  return `There are:\n${[...groups].map(([group, names]) => `  ${group}: ${names.join(', ')}`).join('\n')}`;
}
