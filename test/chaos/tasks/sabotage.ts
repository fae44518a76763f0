import { makeUndecodable } from '../../fixtures/tasks/undecodable.ts';
import { answerOf } from './misbehave.ts';
import { recordStart } from './record.ts';

/** Kind of the fault: an error, an end of the worker by itself, or one that nobody announced. */
export type Blow = 'error' | 'exit' | 'crash';

/** Stage in the life of its message at which an item goes wrong, on the worker's side. */
export type WorkerStage = 'run' | 'clone back' | 'decode back' | 'between items';

export interface SabotagedItem {
  readonly id: number;
  readonly record: string;
  readonly sabotage:
    | { readonly stage: WorkerStage; readonly blow: Blow; readonly isProcess: boolean }
    | undefined;
  /** Something that is hard to carry. */
  readonly load: unknown;
}

/** Fails at the stage of its item, and nowhere else. */
export function sabotage({ id, sabotage: plan, record }: SabotagedItem): unknown {
  recordStart(record, id);
  switch (plan?.stage) {
    case undefined:
      return answerOf(id);
    case 'run':
      return strike(plan.blow, plan.isProcess);
    case 'clone back':
      return {
        get broken(): unknown {
          return strike(plan.blow, plan.isProcess);
        },
      };
    case 'decode back':
      return makeUndecodable();
    case 'between items':
      // When the loop turns next: the item is done by then.
      setImmediate(() => strike(plan.blow, plan.isProcess));
      return answerOf(id);
  }
}

/** Waits for some turns of the event loop, so that what others left behind happens meanwhile. */
export async function sabotageAndWait(item: SabotagedItem): Promise<unknown> {
  const value = sabotage(item);
  if (item.sabotage === undefined) {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  return value;
}

function strike(blow: Blow, isProcess: boolean): never {
  if (blow === 'exit') process.exit(7);
  if (blow === 'error') throw new RangeError('sabotaged');
  if (isProcess) process.kill(process.pid, 'SIGKILL');
  // A thread has no signal of its own: what ends it without a word is its memory.
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 20_000 }, () => 0.5));
}
