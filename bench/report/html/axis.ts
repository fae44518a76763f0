/** Places on a logarithmic axis, from 0 at its low end to 1 at its high end. */
export interface Axis {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** An axis that has room for all of these, with ticks at 1, 2 and 5 times powers of ten, or fewer on a long one. */
export function createAxis(values: readonly number[]): Axis {
  const usable = values.filter((value) => Number.isFinite(value) && value > 0);
  const [low, high] = [Math.min(...usable, 1e9) / 1.15, Math.max(...usable, 1e-9) * 1.15];
  const place = (value: number): number =>
    Math.min(1, Math.max(0, Math.log(value / low) / Math.log(high / low)));
  const decades = Math.log10(high / low);
  const steps =
    decades > 4 ? [1] : decades > 2 ? [1, 3] : decades > 0.8 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 3, 5, 7];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(2));
      if (tick > low && tick < high) ticks.push(tick);
    }
  }
  return { place, ticks };
}

/** A tick as people write it: `0.5`, `20`, `10k`, `2M`. */
export function formatTick(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(2))}M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(2))}k`;
  return String(value);
}
