import type { RunSummary } from 'telar';
import type { Comparison } from '../compare.ts';
import type { PackageTotals, Totals } from '../totals.ts';
import { layOutTable, shorten } from './table.ts';
import { describeBytes, describeCount, describeFiles, describeTime } from './units.ts';

/** Meaning of a line; the terminal decides what becomes of it. */
export type Style = 'heading' | 'total' | 'plain';
export type Line = readonly [style: Style, text: string];

export interface Outcome {
  readonly totals: Totals;
  readonly summary: RunSummary;
  readonly comparison: Comparison | undefined;
  readonly out: string;
}

const SHOWN_PACKAGES = 10;
const NAME_WIDTH = 24;
const LABEL_WIDTH = 12;

/** Describes the outcome at the end of the run, 80 columns wide where names allow. */
export function describeOutcome({ totals, summary, comparison, out }: Outcome): Line[] {
  const facts = [
    ...describeContents(totals),
    ['This run', describeRun(totals, summary)],
    ...describeComparison(comparison, summary),
    ['Rows', out],
  ] satisfies Fact[];
  const [heading = '', ...rows] = describePackages(totals);
  return [
    ['heading', heading],
    ...rows.slice(0, -1).map((row): Line => ['plain', row]),
    ['total', rows.at(-1) ?? ''],
    ['plain', ''],
    ...facts.map(([name, text]): Line => ['plain', `${name.padEnd(LABEL_WIDTH)}${text}`]),
  ];
}

type Fact = [name: string, text: string];

function describePackages(totals: Totals): string[] {
  const ranked = totals.rank();
  const shown = ranked.slice(0, SHOWN_PACKAGES);
  const all = ranked.length === 1 ? 'total' : `all ${describeCount(ranked.length)} packages`;
  const lines: PackageTotals[] = [...shown, { ...totals.all, name: all }];
  return layOutTable([
    [
      ranked.length > shown.length ? 'heaviest' : 'package',
      ...lines.map(({ name }) => shorten(name, NAME_WIDTH)),
    ],
    ['files', ...lines.map(({ files }) => describeCount(files))],
    ['size', ...lines.map(({ bytes }) => describeBytes(bytes))],
    ['gzip', ...lines.map(({ gzip }) => describeBytes(gzip))],
    ['brotli', ...lines.map(({ brotli }) => describeBytes(brotli))],
    ['lines', ...lines.map(({ lines: count }) => describeCount(count))],
    ['functions', ...lines.map(({ functions }) => describeCount(functions))],
  ]);
}

function describeContents({ longest, declarations, unparsed, unreadable }: Totals): Fact[] {
  const facts: Fact[] = [];
  if (longest !== undefined) {
    const lines = `${describeCount(longest.lines)} ${longest.lines === 1 ? 'line' : 'lines'}`;
    facts.push(['Longest', `${longest.name}: ${lines}, ${describePath(longest.path)}:${longest.line}`]);
  }
  if (declarations > 0) {
    const files =
      declarations === 1 ? '1 declaration file' : `${describeCount(declarations)} declaration files`;
    facts.push(['Not parsed', `${files}: measured only, as acorn reads JavaScript`]);
  }
  if (unparsed.length > 0) facts.push(['Broken', describeProblems(unparsed)]);
  if (unreadable.length > 0) facts.push(['Unreadable', describeProblems(unreadable)]);
  return facts;
}

/** Describes a path from the last `node_modules` on, as one would write it in an import. */
function describePath(path: string): string {
  return shorten(path.replace(/^.*node_modules\//, ''), 44);
}

function describeProblems(rows: readonly { path: string; reason: string }[]): string {
  const [first] = rows;
  const example = first === undefined ? '' : `${describePath(first.path)}: ${shorten(first.reason, 60)}`;
  return rows.length === 1 ? example : `${describeFiles(rows.length)}, such as ${example}`;
}

function describeRun({ all }: Totals, { elapsed, compute, transport, workers }: RunSummary): string {
  return (
    `${describeBytes(all.bytes)} in ${describeTime(elapsed)}: ${describeTime(compute)} of work ` +
    `on ${describeWorkers(workers)}, ${describeTime(transport)} of transport`
  );
}

function describeComparison(comparison: Comparison | undefined, { verdict }: RunSummary): Fact[] {
  const facts: Fact[] = verdict === undefined ? [] : [['Verdict', verdict]];
  if (comparison === undefined) return facts;
  const { files, bytes, alone, parallel, differing } = comparison;
  const factor = (alone.elapsed / parallel.elapsed).toFixed(2);
  const rows = differing === 0 ? 'same rows' : `${describeCount(differing)} rows differ`;
  facts.push(
    [
      'Plain loop',
      `${describeTime(alone.elapsed)} for a sample of ${describeFiles(files)} of all sizes, ${describeBytes(bytes)}`,
    ],
    ['Telar', `${describeTime(parallel.elapsed)} for the same sample, ${rows}: ${factor} times as fast`],
  );
  // The times say little about Telar when the cores belonged to others: a reader should know.
  if (parallel.taken > 0.1) {
    facts.push(['Note', `other programs took ${parallel.taken.toFixed(1)} cores from Telar meanwhile`]);
  }
  return facts;
}

export function describeWorkers(workers: number): string {
  return workers === 1 ? '1 worker' : `${workers} workers`;
}
