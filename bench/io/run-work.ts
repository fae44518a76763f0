import { timeOnce } from '../harness/time-once.ts';
import { say } from '../programs/say.ts';

/** Report of a program that turns one file into another. */
export interface WorkEnd {
  /** Milliseconds from before its workers start until all is written. */
  readonly time: number;
  /** Milliseconds of CPU, user and system, of all its threads and processes in that time. */
  readonly cpu: number;
  /** The most bytes that it held, in all its processes, where that can be known. */
  readonly peak?: number;
  /** Delay of the program's event loop, in ms: the 99th percentile. */
  readonly delay?: number;
}

/** Runs the body of a program `node program.js <from> <to>`, and tells the bench what it took. */
export async function runWork(work: (from: string, to: string) => Promise<void> | void): Promise<void> {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || to === undefined) throw new RangeError('Expected two paths: from, to.');
  say((await timeOnce('work', () => work(from, to))) satisfies WorkEnd);
}
