import { hostname } from 'node:os';
import { Outstanding, type OutstandingChunk } from '../../../src/cluster/caller/chunk/outstanding.ts';
import { Hub } from '../../../src/cluster/caller/hub.ts';
import { RunAtBroker } from '../../../src/cluster/caller/run-at-broker.ts';
import { seal } from '../../../src/cluster/message/envelope.ts';
import type { NodeInfo, RunHead } from '../../../src/cluster/message/messages.ts';

/** A run at a broker that no node works on. */
export interface OpenRun {
  readonly atBroker: RunAtBroker;
  /** Makes a chunk of one item, which the broker has not. */
  add(item: number): OutstandingChunk;
  /** Returns how many of the chunks are outstanding at the broker. */
  countThere(): Promise<number>;
  close(): Promise<void>;
}

const HEAD: RunHead = { v: 1, task: 'tasks#answer', version: 'v1' };

export async function openRun(connection: string): Promise<OpenRun> {
  const id = `open-${process.pid}`;
  const hub = new Hub({
    connection,
    queue: id,
    build: undefined,
    waitForNodes: 10_000,
    brokerTimeout: 60_000,
    maxBytes: 1024 * 1024,
    signer: undefined,
    blobs: undefined,
  });
  const { broker } = await hub.connect();
  const { task, version } = HEAD;
  const node = { id, host: hostname(), pid: process.pid, version, tasks: [task], threads: 1, slots: 2 };
  const info: NodeInfo = { v: 1, ...node, node: process.version };
  await broker.registry.announce(id, JSON.stringify(info));
  const outstanding = new Outstanding();
  const terms = {
    id,
    name: undefined,
    hub,
    patience: Infinity,
    head: HEAD,
    outstanding,
    isOver: () => false,
  };
  const atBroker = await RunAtBroker.open(terms, () => {});
  return {
    atBroker,
    add: (item) => {
      const chunk = { index: item, items: [item], attempt: 1, losses: 0, isSole: false };
      const meta = JSON.stringify({ first: item, count: 1, attempt: 1 });
      return outstanding.add(chunk, meta, seal({ items: [item] }));
    },
    countThere: async () => (await broker.runs.findOutstanding(id, outstanding.numbers)).size,
    close: async () => {
      await atBroker.end();
      await hub.close();
    },
  };
}
