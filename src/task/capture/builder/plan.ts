import type { ClassMember } from '../../source/syntax/function-source.ts';

export type Key = string | symbol;

/** What a class is now, beside what its text makes. */
export interface ClassPlan {
  /** The names that computed keys of methods stand for. */
  readonly keys: ReadonlyMap<ClassMember, Key>;
  readonly statics: Differences;
  readonly prototype: Differences;
  /** Whether a method was put on, replaced or taken off, so that a static block that does this must not run again. */
  readonly hasOtherMethods: boolean;
}

export interface Differences {
  readonly changed: ReadonlySet<Key>;
  readonly removed: readonly string[];
  /** How many methods with computed keys are neither there nor replaced. */
  readonly lost: number;
}

/** A class that is captured as text. */
export interface CapturedClass {
  readonly position: number;
  readonly plan: ClassPlan;
}
