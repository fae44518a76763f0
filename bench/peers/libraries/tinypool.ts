import { Tinypool } from 'tinypool';
import { type Peer, TASKS } from '../contract/peer.ts';

/** The fork of piscina that vitest made for itself: the same calls. */
export function open(threads: number): Peer {
  const pool = new Tinypool({
    filename: TASKS,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: 2 ** 31 - 1,
  });
  return {
    call: (name, argument, transfer) =>
      pool.run(argument, transfer === undefined ? { name } : { name, transferList: [...transfer] }),
    close: () => pool.destroy(),
  };
}
