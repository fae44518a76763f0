/** Little work on the records of the log, of which little is written: what is left is the way there and back. */
import { skip } from '../../../src/wire/message/outcome.ts';
import type { LogRecord } from '../tasks.ts';

/** Use that is made of the log: lines are read as text, most records are skipped, or each becomes several. */
export type Kind = 'each' | 'skip' | 'generator';

export interface Failure {
  readonly time: string;
  readonly path: string;
}

/** Reads a line as text, and makes a text of it. */
export function readPath(line: string): string {
  return (JSON.parse(line) as LogRecord).path;
}

export function findFailure({ status, time, path }: LogRecord): Failure | undefined {
  return status === 500 ? { time, path } : undefined;
}

/** `findFailure` as a stage of a pipeline. */
export function keepFailure(record: LogRecord): Failure | typeof skip {
  return findFailure(record) ?? skip;
}

export function* splitPath({ time, path }: LogRecord): Generator<Failure, void, undefined> {
  for (const part of path.split('/')) yield { time, path: part };
}

export function readKind(): Kind {
  return process.argv[4] as Kind;
}
