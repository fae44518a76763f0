import type { FewTexts } from './columns-code.ts';

/** The fewest texts that are looked through: below, it takes as long as they do. */
const FEWEST = 512;
/** Texts that are looked at first, and how many of these may differ. */
const SAMPLE = 32;
const MOST_OF_SAMPLE = 24;
/** The most texts that a byte can number. */
const MOST = 256;

/** Finds the few texts that all of the others are; `undefined` where there are many. */
export function findFewTexts(all: readonly string[]): FewTexts | undefined {
  if (all.length < FEWEST) return undefined;
  const sample = new Set<string>();
  const step = Math.floor(all.length / SAMPLE);
  for (let at = 0; at < SAMPLE * step; at += step) sample.add(all[at] as string);
  if (sample.size > MOST_OF_SAMPLE) return undefined;
  const texts: string[] = [];
  const known = new Map<string, number>();
  const numbers = new Uint8Array(all.length);
  for (let at = 0; at < all.length; at++) {
    const text = all[at] as string;
    let number = known.get(text);
    if (number === undefined) {
      number = texts.length;
      if (number === MOST) return undefined;
      known.set(text, number);
      texts.push(text);
    }
    numbers[at] = number;
  }
  return { texts, numbers };
}
