import { Worker } from 'node:worker_threads';
import type { HandAnswer, HandWork } from './workers/by-hand-worker.ts';
import type { Peer } from './contract/peer.ts';

/** Threads as an expert writes them for one program: the limit that all others are measured against. */
export interface ByHand extends Peer {
  /**
   * Whole numbers to whole numbers, in memory that all threads share: each claims the next few, and writes its
   * results beside them. Nothing is sent but the start and the end.
   */
  readonly mapNumbers: (
    task: string,
    items: readonly number[],
    claim: number,
    order?: readonly number[],
  ) => Promise<readonly number[]>;
}

/** Opens a pool as one writes it by hand: without care for errors, for workers that die, or for being stopped. */
export function openByHand(threads: number): ByHand {
  let last = 0;
  const members = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./workers/by-hand-worker.js', import.meta.url));
    const pending = new Map<number, (result: unknown) => void>();
    worker.on('message', ({ id, result }: HandAnswer) => {
      pending.get(id)?.(result);
      pending.delete(id);
    });
    return { worker, pending };
  });
  type Member = (typeof members)[number];

  const send = (
    { worker, pending }: Member,
    task: string,
    work: HandWork['work'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++last;
      pending.set(id, resolve);
      worker.postMessage({ id, task, work } satisfies HandWork, transfer);
    });

  return {
    call: (task, argument, transfer) => {
      const member = members.reduce((least, one) => (one.pending.size < least.pending.size ? one : least));
      return send(member, task, { kind: 'call', argument }, transfer);
    },

    mapNumbers: async (task, items, claim, order) => {
      const memory = new Int32Array(new SharedArrayBuffer(items.length * 4));
      const next = new Int32Array(new SharedArrayBuffer(4));
      const { length } = items;
      if (order === undefined) for (let at = 0; at < length; at++) memory[at] = items[at] as number;
      else order.forEach((from, at) => (memory[at] = items[from] as number));
      const shared: HandWork['work'] = { kind: 'numbers', memory, next, claim };
      await Promise.all(members.map((member) => send(member, task, shared)));
      const results = Array.from({ length: 0 }, () => 0);
      if (order === undefined) for (let at = 0; at < length; at++) results.push(memory[at] as number);
      else order.forEach((from, at) => (results[from] = memory[at] as number));
      return results;
    },

    close: () => Promise.all(members.map(({ worker }) => worker.terminate())),
  };
}
