import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TaskDefinition } from '../../../src/task/definition/definition.ts';
import { resolveTask } from '../../../src/task/resolve-task.ts';
import type { Answer } from './worker.ts';

/** Runs tasks on one worker thread, one item after another. */
export class TestWorker {
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url), inheritFlags());

  /** Resolves `task` and calls it on the worker. */
  async run(task: unknown, ...parameters: readonly unknown[]): Promise<unknown> {
    return await this.call(await resolveTask(task as Function), ...parameters);
  }

  async call(definition: TaskDefinition, ...parameters: readonly unknown[]): Promise<unknown> {
    this.#worker.postMessage({ definition, parameters });
    const [answer] = (await once(this.#worker, 'message')) as [Answer];
    if ('value' in answer) return answer.value;
    throw answer.error;
  }

  async close(): Promise<void> {
    const exit = once(this.#worker, 'exit');
    this.#worker.postMessage('close');
    await exit;
  }
}

/** `node --input-type=module --eval …` hands its flag on to workers, which start from a file. */
function inheritFlags(): { execArgv?: string[] } {
  const { execArgv } = process;
  if (!execArgv.some((flag) => flag.startsWith('--input-type'))) return {};
  return { execArgv: execArgv.filter((flag) => !flag.startsWith('--input-type')) };
}
