import type { Row } from './analyse.ts';
import type { LongFunction } from './parse-source.ts';

/** Sums over the files of one package, or of all. */
export interface PackageTotals {
  readonly name: string;
  files: number;
  bytes: number;
  gzip: number;
  brotli: number;
  lines: number;
  functions: number;
}

/** Totals of all rows together. */
export class Totals {
  readonly all: PackageTotals = openTotals('');
  declarations = 0;
  readonly unparsed: (Row & { readonly outcome: 'does not parse' })[] = [];
  readonly unreadable: (Row & { readonly outcome: 'unreadable' })[] = [];
  longest: (LongFunction & { readonly path: string }) | undefined;
  readonly #packages = new Map<string, PackageTotals>();

  add(row: Row): void {
    let ofPackage = this.#packages.get(row.package);
    if (ofPackage === undefined) this.#packages.set(row.package, (ofPackage = openTotals(row.package)));
    addRow(this.all, row);
    addRow(ofPackage, row);
    if (row.outcome === 'declaration') this.declarations += 1;
    if (row.outcome === 'does not parse') this.unparsed.push(row);
    if (row.outcome === 'unreadable') this.unreadable.push(row);
    if (row.outcome === 'parsed' && row.longest && row.longest.lines > (this.longest?.lines ?? 0)) {
      this.longest = { ...row.longest, path: row.path };
    }
  }

  /** The packages, those with the most bytes first. */
  rank(): PackageTotals[] {
    return [...this.#packages.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  }
}

function openTotals(name: string): PackageTotals {
  return { name, files: 0, bytes: 0, gzip: 0, brotli: 0, lines: 0, functions: 0 };
}

function addRow(totals: PackageTotals, row: Row): void {
  totals.files += 1;
  if (row.outcome === 'unreadable') return;
  totals.bytes += row.bytes;
  totals.gzip += row.gzip;
  totals.brotli += row.brotli;
  totals.lines += row.lines;
  if (row.outcome === 'parsed') totals.functions += row.functions;
}
