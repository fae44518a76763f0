import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import type { Peer } from '../contract/peer.ts';

/** Threads with a script of their own, as its README advises for more than a function or two. */
export function open(threads: number): Peer {
  const script = fileURLToPath(new URL('../workers/workerpool-worker.js', import.meta.url));
  const pool = workerpool.pool(script, { workerType: 'thread', minWorkers: threads, maxWorkers: threads });
  return {
    call: async (name, argument, transfer) =>
      pool.exec(name, [argument], transfer === undefined ? {} : { transfer: [...transfer] }),
    close: async () => pool.terminate(),
  };
}
