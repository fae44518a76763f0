import type { PipelineSummary } from 'telar';

/** Rows as columns of text, for people. */
export function describeTable(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return '  (nothing)\n';
  const cells = [names, ...rows.map((row) => names.map((name) => describeCell(row[name])))];
  const widths = names.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, at) =>
        typeof rows[0]?.[names[at] ?? ''] === 'number'
          ? cell.padStart(widths[at] ?? 0)
          : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `  ${line}\n`).join('');
}

/** Describes what the run did, stage by stage. */
export function describeRun({ stages, elapsed, compute, workers, speedup, failed }: PipelineSummary): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  const steps = stages.map(
    ({ name, items, retried }) => `${name} ${items}${retried > 0 ? ` (${retried} retried)` : ''}`,
  );
  return (
    `The run: ${steps.filter((step) => !step.endsWith(' 0')).join(' → ')}, ${failed} failed.\n` +
    `${seconds(elapsed)} on ${workers} workers, which computed for ${seconds(compute)}: ${speedup.toFixed(2)} × one thread that does nothing else.\n`
  );
}

function describeCell(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}
