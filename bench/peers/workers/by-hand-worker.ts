import { parentPort } from 'node:worker_threads';
import * as everyTask from './every-task.ts';

/** Message to a worker that was written by hand. */
export interface HandWork {
  readonly id: number;
  readonly task: string;
  readonly work:
    | { readonly kind: 'call'; readonly argument: unknown }
    | {
        readonly kind: 'numbers';
        /** The items; each is written over with its result. */
        readonly memory: Int32Array;
        readonly next: Int32Array;
        /** Number of items that are claimed at once. */
        readonly claim: number;
      };
}

export interface HandAnswer {
  readonly id: number;
  readonly result: unknown;
}

type Tasks = Readonly<Record<string, (argument: unknown) => unknown>>;

parentPort?.on('message', ({ id, task, work }: HandWork) => {
  const run = (everyTask as unknown as Tasks)[task];
  if (run === undefined) throw new RangeError(`There is no task called "${task}".`);
  const result = work.kind === 'call' ? run(work.argument) : mapShared(run as (item: number) => number, work);
  parentPort?.postMessage({ id, result } satisfies HandAnswer);
});

function mapShared(
  run: (item: number) => number,
  { memory, next, claim }: Extract<HandWork['work'], { kind: 'numbers' }>,
): undefined {
  for (;;) {
    const from = Atomics.add(next, 0, claim);
    if (from >= memory.length) return;
    const end = Math.min(from + claim, memory.length);
    for (let at = from; at < end; at++) memory[at] = run(memory[at] as number);
  }
}
