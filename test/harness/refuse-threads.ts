import { createRequire, syncBuiltinESMExports } from 'node:module';
import type * as workerThreads from 'node:worker_threads';

/** The module as packages that are CommonJS see it. */
const threads = createRequire(import.meta.url)('node:worker_threads') as {
  Worker: typeof workerThreads.Worker;
};

/**
 * Lets `new Worker` fail as a system does that gives no more threads.
 *
 * @param isRefused - Of the number of the thread, from 0.
 * @returns How many were asked for, and a function that ends it.
 */
export function refuseThreads(isRefused: (count: number) => boolean): { asked: number; end: () => void } {
  const { Worker } = threads;
  const state = {
    asked: 0,
    end: (): void => {
      threads.Worker = Worker;
      syncBuiltinESMExports();
    },
  };
  threads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      if (isRefused(state.asked++))
        throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
      super(...args);
    }
  };
  // Modules that import it by its name see the change, too.
  syncBuiltinESMExports();
  return state;
}
