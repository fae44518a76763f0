import type { Spread } from '../../harness/statistics.ts';
import type { Measured, Role } from '../measured.ts';
import { formatNumber } from '../table.ts';
import { createAxis, formatTick } from './axis.ts';
import { escape } from './escape.ts';

interface Bar {
  readonly name: string;
  readonly role: Role;
  readonly value: Spread;
  readonly text: string;
}

/**
 * A bar for each contender: how its time compares with that of the limit, from the line at 1 on, with the lowest and
 * the highest round; or the time itself, where nothing is the limit. Shortest first, as a ranking.
 */
export function renderBars(
  contenders: readonly Measured[],
  limit = 'the limit: threads written by hand',
): string {
  if (contenders.length === 0) return '';
  const hasLimit = contenders.every(({ ratio }) => ratio !== undefined);
  const bars = contenders
    .map(({ name, role, ratio, time }): Bar => {
      const value = hasLimit && ratio !== undefined ? ratio : time;
      return {
        name,
        role,
        value,
        text: hasLimit ? formatRatio(value.median) : `${formatNumber(value.median)} ms`,
      };
    })
    .sort((one, other) => one.value.median - other.value.median);
  const axis = createAxis([
    ...bars.flatMap(({ value }) => [value.low, value.high]),
    ...(hasLimit ? [1] : []),
  ]);
  const percent = (value: number): string => `${(axis.place(value) * 100).toFixed(2)}%`;
  const base = hasLimit ? axis.place(1) : 0;
  const rows = bars.map(({ name, role, value, text }) => {
    const end = axis.place(value.median);
    const [from, to] = [Math.min(base, end), Math.max(base, end)];
    const width = `left:${(from * 100).toFixed(2)}%;width:${((to - from) * 100).toFixed(2)}%`;
    const spread = `left:${percent(value.low)};width:${((axis.place(value.high) - axis.place(value.low)) * 100).toFixed(2)}%`;
    const title = `${name}: ${text}, ${formatNumber(value.low)} to ${formatNumber(value.high)} in ${value.rounds} rounds`;
    return `<li class="${role}" title="${escape(title)}"><span class="name">${escape(name)}</span><span class="track"><i class="bar" style="${width}"></i><i class="spread" style="${spread}"></i></span><span class="value">${escape(text)}</span></li>`;
  });
  const ticks = axis.ticks.map(
    (tick) =>
      `<i style="left:${percent(tick)}"${hasLimit && tick === 1 ? ' class="one"' : ''}>${formatTick(tick)}</i>`,
  );
  const unit = hasLimit ? `time, as a multiple of ${escape(limit)}` : 'time in ms';
  return `<figure><ol class="bars">${rows.join('')}<li class="axis" aria-hidden="true"><span class="name"></span><span class="track">${ticks.join('')}</span><span class="value"></span></li></ol><figcaption>${unit}; logarithmic; the thin line spans all rounds</figcaption></figure>`;
}

function formatRatio(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ×`;
}
