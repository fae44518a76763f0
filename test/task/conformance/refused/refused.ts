/** A closure that cannot travel, and what its error says. */
export interface Refused {
  readonly title: string;
  readonly task: (...parameters: never) => unknown;
  /** The message after "cannot travel to a worker: ", with `LINE` for a line number. */
  readonly says: string;
  readonly path?: string;
}
