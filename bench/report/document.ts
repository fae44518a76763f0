import { readFileSync } from 'node:fs';
import type { Answer, Case, Size } from '../cases/case.ts';
import type { Verdict } from './goals.ts';
import type { Machine } from './machine.ts';

/** Findings of one run of the bench, as `--json` writes them. */
export interface BenchDocument {
  readonly format: 1;
  readonly machine: Machine;
  readonly size: Size;
  readonly seconds: number;
  readonly answers: readonly (Answer & Omit<Case, 'measure'>)[];
  readonly verdicts: readonly Verdict[];
}

/** Reads what `--json` wrote. Throws when it is something else, and says so. */
export function readDocument(path: string): BenchDocument {
  const text = readFileSync(path, 'utf8');
  const found = parse(text);
  if (typeof found === 'object' && found !== null && 'format' in found && found.format === 1) {
    return found as BenchDocument;
  }
  throw new TypeError(`Expected ${path} to be what --json of this bench wrote. Write one anew with --json.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
