import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';
import type { Peer } from '../contract/peer.ts';

/**
 * A fixed pool, without its queue: with `enableTasksQueue` poolifier 5.3.2 runs all tasks but those of the first burst
 * one after another on a single thread, so an expert who measures leaves it off.
 */
export function open(threads: number): Peer {
  const script = fileURLToPath(new URL('../workers/poolifier-worker.js', import.meta.url));
  const pool = new FixedThreadPool<unknown, unknown>(threads, script);
  return {
    call: (name, argument, transfer) =>
      pool.execute(argument, name, undefined, transfer === undefined ? undefined : [...transfer]),
    close: () => pool.destroy(),
  };
}
