/** The value below which this share of all values lies, between two of them where it falls there. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A figure as it was measured: the middle of all rounds, and the lowest and highest of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    rounds: values.length,
  };
}

/** Spread of what is computed round by round from two measures of the same round: noise hits both, and goes. */
export function spreadOfPairs(
  some: readonly number[],
  others: readonly number[],
  combine: (one: number, other: number) => number,
): Spread {
  if (some.length !== others.length) {
    throw new RangeError(`Expected as many of both in pairs, got ${some.length} and ${others.length}.`);
  }
  return spreadOf(some.map((one, round) => combine(one, others[round] as number)));
}
