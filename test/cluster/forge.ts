import assert from 'node:assert/strict';
import { JobQueue } from '../../src/cluster/engine/job-queue.ts';
import type { Broker } from '../../src/cluster/store/broker.ts';
import { connectRedis } from '../../src/cluster/store/redis/connection.ts';

/** Puts chunks into a store as somebody would who can only write to the broker, and asks a node for each. */
export async function forge(
  broker: Broker,
  jobs: JobQueue,
  run: string,
  head: object,
  inputs: readonly Buffer[],
  meanwhile: (number: number) => Promise<void> = async () => {},
): Promise<number[]> {
  const lease = { caller: 'somebody', keep: 60_000 };
  const opened = await broker.runs.open(run, { ...lease, head: JSON.stringify(head) });
  assert.equal(opened.kind, 'opened');
  const chunks = inputs.map((input, at) => ({
    number: opened.next + at,
    meta: JSON.stringify({ first: at, count: 1, attempt: 1 }),
    input,
  }));
  await broker.runs.put(run, { ...lease, epoch: opened.epoch }, chunks);
  for (const { number } of chunks) await meanwhile(number);
  const data = { v: 1, run, items: 1, bytes: 1, from: 'somebody' } as const;
  await jobs.add(
    chunks.map(({ number }) => ({ id: `${run}.${number}.0-1`, name: 'x', data: { ...data, number } })),
  );
  return chunks.map(({ number }) => number);
}

/** Returns what nodes have made of chunks, once all are there. */
export async function awaitOutputs(
  broker: Broker,
  run: string,
  numbers: readonly number[],
): Promise<Buffer[]> {
  let outputs = new Map<number, Buffer>();
  for (;;) {
    outputs = await broker.runs.take(run, numbers);
    if (outputs.size === numbers.length) return [...outputs.values()];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Finds the number of the chunk that a run has outstanding. */
export async function findNumber(url: string, queue: string, run: string): Promise<number> {
  const client = await connectRedis(url, 'test');
  try {
    const [number] = await client.hkeys(`telar:{${queue}:${run}}:in`);
    return Number(number);
  } finally {
    client.disconnect();
  }
}

/** Opens the jobs of a version. */
export function openJobs(url: string, queue: string, version: string): Promise<JobQueue> {
  return JobQueue.open(url, queue, version);
}
