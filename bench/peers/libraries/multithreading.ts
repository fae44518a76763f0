import { initRuntime, move, shutdown, spawn } from 'multithreading';
import { type Peer, TASKS } from '../contract/peer.ts';

type Tasks = Record<string, (argument: unknown) => unknown>;

/** A function that imports what it needs, its arguments moved: what is transferable is handed over by itself. */
export function open(threads: number): Peer {
  initRuntime({ maxWorkers: threads });
  return {
    call: async (name, argument) => {
      const handle = spawn(move(TASKS, name, argument), async (url, task, value) => {
        const tasks = (await import(url)) as Tasks;
        return (tasks[task] as Tasks[string])(value);
      });
      const result = await handle.join();
      if (result.ok) return result.value;
      throw result.error;
    },
    close: async () => shutdown(),
  };
}
