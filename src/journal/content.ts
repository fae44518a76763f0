/** An item that failed in the end, as a journal keeps it. */
export interface JournalFailure {
  readonly index: number;
  /** How often it was tried. */
  readonly attempts: number;
  readonly name: string;
  readonly message: string;
  /** Of what the task threw. */
  readonly code?: string | number | undefined;
}

/** What a journal holds. */
export interface JournalContent {
  readonly path: string;
  /** Whether the run came to its end: not when its reader left early, nor when it was cut off. */
  readonly isComplete: boolean;
  /** How many items have an outcome that a later run would take over. */
  readonly done: number;
  /** How many items the input had, where it was read to its end. */
  readonly total: number | undefined;
  /** The items that failed, in input order, and were not done since. */
  readonly failed: readonly JournalFailure[];
}
