import type { Curve } from '../measured.ts';
import { createAxis, formatTick } from './axis.ts';
import { escape } from './escape.ts';

const WIDTH = 420;
const HEIGHT = 280;
const LEFT = 40;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 36;

/** A line for each contender over a growing work, both axes logarithmic, with a band from the lowest to the highest. */
export function renderLines(curves: readonly Curve[]): string {
  const [first] = curves;
  if (first === undefined) return '';
  const points = curves.flatMap((curve) => curve.points);
  const across = createAxis(points.map(({ x }) => x));
  const up = createAxis(points.flatMap(({ y }) => [y.low, y.high]));
  const toX = (value: number): string => (LEFT + across.place(value) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const toY = (value: number): string =>
    (HEIGHT - BOTTOM - up.place(value) * (HEIGHT - TOP - BOTTOM)).toFixed(1);

  const grid = [
    ...up.ticks.map(
      (tick) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${toY(tick)}" y2="${toY(tick)}"/><text x="${LEFT - 6}" y="${toY(tick)}" dy="0.32em" text-anchor="end">${formatTick(tick)}</text>`,
    ),
    ...across.ticks
      .filter((tick) => Math.log10(tick) % 1 === 0)
      .map(
        (tick) =>
          `<line class="grid" x1="${toX(tick)}" x2="${toX(tick)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${toX(tick)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${formatTick(tick)}</text>`,
      ),
  ];
  const lines = curves.map(({ name, role, points: own }, at) => {
    const path = own.map(({ x, y }) => `${toX(x)},${toY(y.median)}`).join(' ');
    const band = [
      ...own.map(({ x, y }) => `${toX(x)},${toY(y.high)}`),
      ...[...own].reverse().map(({ x, y }) => `${toX(x)},${toY(y.low)}`),
    ].join(' ');
    const dots = own.map(
      ({ x, y }) =>
        `<circle cx="${toX(x)}" cy="${toY(y.median)}" r="3"><title>${escape(`${name}, ${formatTick(x)}: ${y.median.toPrecision(3)} (${y.low.toPrecision(3)} to ${y.high.toPrecision(3)})`)}</title></circle>`,
    );
    return `<g class="${role} line${at}"><polygon points="${band}"/><polyline points="${path}"/>${dots.join('')}</g>`;
  });
  const legend = curves.map(
    ({ name, role }, at) => `<li class="${role} line${at}"><i></i>${escape(name)}</li>`,
  );
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(`${first.yUnit} over ${first.xUnit}`)}">${grid.join('')}<text x="${WIDTH - RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${escape(first.xUnit)}</text>${lines.join('')}</svg><ul class="legend">${legend.join('')}</ul><figcaption>${escape(first.yUnit)}; both axes logarithmic</figcaption></figure>`;
}
