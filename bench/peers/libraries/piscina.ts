import { Piscina } from 'piscina';
import { type Peer, TASKS } from '../peer.ts';

/** All its threads started, and kept. */
export function open(threads: number): Peer {
  const pool = new Piscina({
    filename: TASKS,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  return {
    call: (name, argument, transfer) =>
      pool.run(argument, transfer === undefined ? { name } : { name, transferList: [...transfer] }),
    close: () => pool.destroy(),
  };
}
