/** Sizes at which counting goes wrong: none, one, around a chunk of ten, and a prime. */
export const oddSizes: readonly number[] = [0, 1, 2, 9, 10, 11, 997];

/** Makes pseudo-random whole numbers, the same for the same seed (mulberry32). */
export function makeNumbers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  });
}
