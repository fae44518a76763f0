import type { CapturedTask, TaskDefinition, TaskFunction } from './definition/definition.ts';
import { importFunction } from './revive/load-module.ts';

export { disposeWorkerValues } from './handle/per-worker.ts';

/**
 * Turns a definition back into a function, on the thread that will run it.
 *
 * @remarks Rejects when the module is missing, does not parse, throws, or exports no function of that name.
 */
export async function reviveTask(definition: TaskDefinition): Promise<TaskFunction> {
  if (definition.kind === 'reference') return await importFunction(definition);
  // The reviving half is loaded on demand: a worker that only runs exported functions starts without it.
  const { reviveCaptured } = await import('./revive/revive-captured.ts');
  return await reviveCaptured(definition);
}

/** Makes the value again that a call gives to its tasks. Rejects when it uses a module that cannot be loaded. */
export async function reviveStore(store: CapturedTask): Promise<unknown> {
  const { reviveStore: revive } = await import('./revive/revive-captured.ts');
  return await revive(store);
}
