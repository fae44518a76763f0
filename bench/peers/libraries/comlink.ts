import { Worker } from 'node:worker_threads';
import { releaseProxy, transfer as handOver, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { Peer } from '../contract/peer.ts';

type Tasks = Record<string, (argument: unknown) => Promise<unknown>>;

/** Opens workers of comlink, which has no pool: an expert gives each call to the worker that has the fewest. */
export function open(threads: number): Peer {
  const members = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('../workers/comlink-worker.js', import.meta.url));
    return { worker, tasks: wrap<Tasks>(nodeEndpoint(worker)), pending: 0 };
  });
  return {
    call: async (name, argument, transfer) => {
      const member = members.reduce((least, one) => (one.pending < least.pending ? one : least));
      member.pending++;
      try {
        const given = transfer === undefined ? argument : handOver(argument as object, [...transfer]);
        return await (member.tasks as unknown as Tasks)[name]?.(given);
      } finally {
        member.pending--;
      }
    },
    close: async () => {
      for (const { tasks } of members) tasks[releaseProxy]();
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}
