/** An item that failed in the end, as a journal keeps it. */
export interface JournalFailure {
  readonly index: number;
  /** Number of times that the item was tried. */
  readonly attempts: number;
  readonly name: string;
  readonly message: string;
  /** Code of the error that the task threw. */
  readonly code?: string | number | undefined;
}

/** The content of a journal. */
export interface JournalContent {
  readonly path: string;
  /** Whether the run came to its end: it did not when its reader left early, nor when it was cut off. */
  readonly isComplete: boolean;
  /** Number of items with an outcome that a later run would take over. */
  readonly done: number;
  /** Number of items of the input, where it was read to its end. */
  readonly total: number | undefined;
  /** Items that failed, in input order, and were not done since. */
  readonly failed: readonly JournalFailure[];
}
