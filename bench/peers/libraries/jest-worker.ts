import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';
import { type Peer, TASKS } from '../contract/peer.ts';

type Methods = Record<string, (argument: unknown) => Promise<unknown>>;

/** On threads instead of processes, which its README calls the faster way, and one for each core. */
export async function open(threads: number): Promise<Peer> {
  const exposedMethods = Object.keys((await import(TASKS)) as object);
  const pool = new Worker(fileURLToPath(TASKS), {
    enableWorkerThreads: true,
    numWorkers: threads,
    exposedMethods,
  });
  return {
    call: (name, argument, transfer) => {
      if (transfer !== undefined) throw new TypeError('jest-worker hands nothing over.');
      return ((pool as unknown as Methods)[name] as Methods[string])(argument);
    },
    close: () => pool.end(),
  };
}
