import type { Sample } from './sample.ts';

/** Course of one of the figures: from its value once all was warm to its value at the end. */
export interface Trend<What extends string = keyof Sample> {
  readonly what: What;
  readonly early: number;
  readonly late: number;
  readonly most: number;
  readonly isFlat: boolean;
}

/**
 * Memory may grow by so much, in part of what it was or in MB, whichever is more: V8 and the allocator give back when they
 * like. What is counted may not grow at all.
 */
export type Slacks = Readonly<Partial<Record<string, { readonly share: number; readonly least: number }>>>;
const SLACK: Slacks = {
  rss: { share: 0.1, least: 24 },
  node: { share: 0.1, least: 24 },
  heap: { share: 0.05, least: 2 },
};

/**
 * Compares the second fifth of the samples with the last: in the first, all is loaded and grows to its size.
 *
 * @param slacks - By how much more than usual something may grow.
 */
export function judgeFlat<What extends string>(
  samples: readonly Readonly<Record<What, number>>[],
  slacks: Slacks = {},
): Trend<What>[] {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const early = samples.slice(fifth, 2 * fifth);
  const late = samples.slice(-fifth);
  return (Object.keys(samples[0] ?? {}) as What[]).map((what) => {
    const slack = slacks[what] ?? SLACK[what];
    // The median, since a single moment says little: a thread may just be ending.
    const [from, to] = [early, late].map((stretch) => median(stretch.map((sample) => sample[what]))) as [
      number,
      number,
    ];
    const most = slack === undefined ? from : from + Math.max(from * slack.share, slack.least);
    return { what, early: from, late: to, most, isFlat: to <= most };
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
