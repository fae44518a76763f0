import { Piscina } from 'piscina';
import { type Peer, TASKS } from '../contract/peer.ts';

/**
 * All its threads started, and kept.
 *
 * @param atomics - Whether an idle thread waits blocked, or keeps its event loop.
 */
export function open(threads: number, atomics: 'sync' | 'disabled' = 'sync'): Peer {
  const pool = new Piscina({
    filename: TASKS,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
    atomics,
  });
  return {
    call: (name, argument, transfer) =>
      pool.run(argument, transfer === undefined ? { name } : { name, transferList: [...transfer] }),
    close: () => pool.destroy(),
  };
}
