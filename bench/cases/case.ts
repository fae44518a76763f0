import type { Figure } from '../report/goals.ts';
import type { Comparison } from '../harness/contender.ts';

export interface Settings {
  /** How often each contender runs. `@defaultValue` what the case thinks is enough */
  readonly rounds: number | undefined;
  /** Turns of `spin` in a microsecond, here and today. */
  readonly turns: number;
}

/** What a case found. */
export interface Answer {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
}

/** One question to the machine. */
export interface Case {
  readonly name: string;
  readonly group: string;
  readonly question: string;
  readonly measure: (settings: Settings) => Promise<Answer>;
}

/** A question whose contenders run in this process, on items that can be fewer for a test. */
export interface TimedCase<Input extends ArrayLike<unknown>, Output> extends Case {
  /** Opens the contenders over that part of the case's items. */
  readonly open: (turns: number, part: number) => Comparison<Input, Output>;
}
