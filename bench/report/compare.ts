import type { Spread } from '../harness/statistics.ts';
import type { BenchDocument } from './document.ts';
import type { Measured } from './measured.ts';

/** Below this share a change is none: so much comes from how V8 compiles a loop in one process or another. */
const SMALLEST = 0.03;

/**
 * Measures that are compared: ratios within a round, which what else the machine did hits on both sides; and memory.
 */
const MEASURES = ['ratio', 'work', 'peak'] as const;

/** One measure of one contender, then and now. */
export interface Change {
  readonly id: string;
  readonly before: Spread;
  readonly after: Spread;
  /** After over before. */
  readonly factor: number;
  /** Distance of the medians that chance explains: the spreads of both, or the smallest change. */
  readonly noise: number;
  readonly kind: 'regression' | 'improvement' | 'same';
}

/** Compares what both have measured of Telar. More is worse in all of it. */
export function compareDocuments(before: BenchDocument, after: BenchDocument): readonly Change[] {
  if (before.size !== after.size) {
    throw new RangeError(
      `Expected two runs of one size, got ${before.size} and ${after.size}: add or leave out --full.`,
    );
  }
  return after.answers.flatMap(({ name, contenders }) => {
    const old = before.answers.find((answer) => answer.name === name)?.contenders ?? [];
    return (contenders ?? [])
      .filter(({ role }) => role === 'telar')
      .flatMap((contender) => {
        const same = old.find((one) => one.name === contender.name);
        return same === undefined ? [] : compareContender(name, same, contender);
      });
  });
}

function compareContender(name: string, before: Measured, after: Measured): readonly Change[] {
  return MEASURES.flatMap((measure) => {
    const [one, other] = [before[measure], after[measure]];
    if (one === undefined || other === undefined) return [];
    return [compareSpreads(`${name} · ${after.name} · ${measure}`, one, other)];
  });
}

/** A change counts when the medians lie further apart than the rounds of both together. */
export function compareSpreads(id: string, before: Spread, after: Spread): Change {
  const noise = Math.max(before.high - before.low + (after.high - after.low), before.median * SMALLEST);
  const difference = after.median - before.median;
  const kind = difference > noise ? 'regression' : difference < -noise ? 'improvement' : 'same';
  return { id, before, after, factor: after.median / before.median, noise, kind };
}
