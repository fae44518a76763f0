import type { Spread } from '../../harness/statistics.ts';
import type { Verdict } from '../goals.ts';
import type { Curve, Measured } from '../measured.ts';
import { formatNumber } from '../table.ts';
import { escape } from './escape.ts';

/** A table that scrolls by itself where the page is narrow. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (kind: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${kind}>${escape(cell)}</${kind}>`).join('')}</tr>`;
  const body = rows.map((row) => cells('td', row)).join('');
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${body}</tbody></table></div>`;
}

const MEASURES = [
  ['time', 'ms'],
  ['ratio', '× limit'],
  ['cpu', 'CPU ms'],
  ['work', 'CPU × loop'],
  ['delay', 'loop delay p99 ms'],
  ['peak', 'peak MB'],
] as const;

/** All numbers of all contenders: the median, and from where to where the rounds went. */
export function renderNumbers(contenders: readonly Measured[]): string {
  const measured = MEASURES.filter(([measure]) => contenders.some((one) => one[measure] !== undefined));
  return renderTable(
    ['contender', ...measured.map(([, title]) => title)],
    contenders.map((one) => [one.name, ...measured.map(([measure]) => formatSpread(one[measure]))]),
  );
}

export function renderCurveNumbers(curves: readonly Curve[]): string {
  const [first] = curves;
  if (first === undefined) return '';
  return renderTable(
    [first.xUnit, ...curves.map(({ name }) => name)],
    first.points.map(({ x }, at) => [String(x), ...curves.map(({ points }) => formatSpread(points[at]?.y))]),
  );
}

export function renderVerdicts(verdicts: readonly Verdict[]): string {
  return renderTable(
    ['figure', 'is', 'goal', 'unit', ''],
    verdicts.map(({ figure, goal, isReached }) => [
      figure.id,
      formatNumber(figure.value),
      `${goal.direction} ${formatNumber(goal.goal)}`,
      goal.unit,
      isReached ? '✓ reached' : '✗ short',
    ]),
  );
}

function formatSpread(spread: Spread | undefined): string {
  if (spread === undefined) return '';
  if (spread.rounds === 1) return formatNumber(spread.median);
  return `${formatNumber(spread.median)} (${formatNumber(spread.low)} – ${formatNumber(spread.high)})`;
}
