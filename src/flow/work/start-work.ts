import { isPromise } from 'node:util/types';
import type { CallSite } from '../../errors/call-site.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import { resolveStore } from '../../task/resolve-task.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';

/** Work that waits for the definition of its task. */
export interface UndefinedWork {
  start(definition: WorkDefinition, store?: CapturedTask): void;
  fail(reason: unknown): void;
}

/**
 * Starts work once its task is defined; at once where nothing has to be waited for. The values of this moment are what
 * travels, so the task and the store are captured before this returns.
 *
 * @param store - Value that the call gives to its tasks.
 */
export function startWork(
  work: UndefinedWork,
  define: () => WorkDefinition | Promise<WorkDefinition>,
  store: unknown,
  site: CallSite,
): void {
  try {
    const definition = define();
    const captured = resolveStore(store, site);
    if (isPromise(definition)) void startLater(work, definition, captured);
    else work.start(definition, captured);
  } catch (reason) {
    work.fail(reason);
  }
}

async function startLater(
  work: UndefinedWork,
  defining: Promise<WorkDefinition>,
  store: CapturedTask | undefined,
): Promise<void> {
  try {
    work.start(await defining, store);
  } catch (reason) {
    work.fail(reason);
  }
}
