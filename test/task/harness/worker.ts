/** The worker of the tests: revives the definition that it was sent and runs one call at a time. */
import { parentPort } from 'node:worker_threads';
import type { TaskDefinition } from '../../../src/task/definition/definition.ts';
import { collect } from './collect.ts';
import { disposeWorkerValues, reviveTask } from '../../../src/task/revive-task.ts';

export interface Call {
  readonly definition: TaskDefinition;
  readonly parameters: readonly unknown[];
}

export type Answer = { readonly value: unknown } | { readonly error: unknown; readonly stack: string };

parentPort?.on('message', (call: Call | 'close') => void handle(call));

async function handle(call: Call | 'close'): Promise<void> {
  if (call !== 'close') return parentPort?.postMessage(await answer(call));
  await disposeWorkerValues();
  parentPort?.close();
}

async function answer({ definition, parameters }: Call): Promise<Answer> {
  try {
    const task = await reviveTask(definition);
    return { value: await collect(await task(...(parameters as [unknown, number, unknown]))) };
  } catch (error) {
    return { error, stack: error instanceof Error ? String(error.stack) : '' };
  }
}
