import type { ClassMember } from '../../source/syntax/function-source.ts';

export type Key = string | symbol;

/** State of a class now, beside what its text makes. */
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
  /** Number of methods with computed keys that are neither there nor replaced. */
  readonly lost: number;
}

/** A class that is captured as text. */
export interface CapturedClass {
  readonly position: number;
  readonly plan: ClassPlan;
}
