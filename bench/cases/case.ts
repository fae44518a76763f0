import type { Figure } from '../report/goals.ts';
import type { Curve, Measured } from '../report/measured.ts';

/** Size of the work: in the tests, by `npm run bench`, and with `--full`. */
export type Size = 'tiny' | 'quick' | 'full';

export interface Settings {
  /** Number of runs of each contender. `@defaultValue` what the case thinks is enough */
  readonly rounds: number | undefined;
  /** Turns of `spin` in a microsecond, here and today. */
  readonly turns: number;
  readonly size: Size;
}

/** Findings of a case. */
export interface Answer {
  /** The table that is printed: of text, the first column to the left. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  /** Figures that have a goal. */
  readonly figures: readonly Figure[];
  /** The contenders' numbers: for the bars of the report, and for `--compare`. */
  readonly contenders?: readonly Measured[];
  /** Contender that the `ratio` of the others compares with, for the report. `@defaultValue` threads written by hand */
  readonly limit?: string;
  /** A line for each contender, where the question is how a cost grows. */
  readonly curves?: readonly Curve[];
}

/** One question to the machine. */
export interface Case {
  readonly name: string;
  readonly group: string;
  readonly question: string;
  /** Whether it compares with engines for tables, which are installed where the case is asked for by name. */
  readonly hasEngines?: boolean;
  /** Whether it is left out unless it is asked for by name. */
  readonly isExtra?: boolean;
  readonly measure: (settings: Settings) => Promise<Answer>;
}
