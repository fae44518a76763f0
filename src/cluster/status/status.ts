import { readHead } from '../message/messages.ts';
import { type NodeInfo, readNode } from '../message/messages.ts';
import { JobQueue } from '../engine.ts';
import { insist } from '../store/insist.ts';
import { openBroker } from '../connect/open-broker.ts';
import type { RunState } from '../store/broker.ts';

/** Milliseconds for which a broker is waited for. */
const PATIENCE = 5000;

/** State of one queue: its nodes, the jobs of each version, and its runs. */
export interface ClusterStatus {
  readonly queue: string;
  readonly nodes: readonly NodeInfo[];
  readonly versions: readonly {
    readonly version: string;
    readonly waiting: number;
    readonly running: number;
  }[];
  readonly runs: readonly RunState[];
}

/** Reads the state of a queue from its broker. */
export async function readStatus(connection: string, queue: string): Promise<ClusterStatus> {
  const broker = await openBroker(connection, queue);
  try {
    await insist(() => broker.check(), { limit: PATIENCE });
    const infos = await broker.registry.listNodes();
    const nodes = infos.map(readNode).filter((node) => node !== undefined);
    const runs = await broker.registry.listRuns();
    const found = [...nodes.map(({ version }) => version), ...runs.map(({ head }) => readHead(head).version)];
    const versions = [];
    for (const version of new Set(found)) {
      const jobs = await JobQueue.open(connection, queue, version);
      try {
        versions.push({ version, ...(await jobs.count()) });
      } finally {
        await jobs.close();
      }
    }
    return { queue, nodes, versions, runs };
  } finally {
    await broker.close();
  }
}

/** Describes the state of a queue as three tables. */
export function describeStatus({ queue, nodes, versions, runs }: ClusterStatus): string {
  const nodeRows = nodes.map(({ id, host, pid, version, threads, slots, node, tasks }) => [
    id.slice(0, 8),
    `${host}:${pid}`,
    version.slice(0, 16),
    String(threads),
    String(slots),
    node,
    String(tasks.length),
  ]);
  const versionRows = versions.map(({ version, waiting, running }) => [
    version.slice(0, 16),
    String(waiting),
    String(running),
  ]);
  const runRows = runs.map(({ run, head, caller, outstanding, done }) => [
    run,
    readHead(head).task,
    caller ?? '(nobody)',
    String(outstanding),
    String(done),
  ]);
  return [
    `Queue '${queue}'`,
    ...table(['NODE', 'PROGRAM', 'VERSION', 'THREADS', 'SLOTS', 'NODE.JS', 'TASKS'], nodeRows, 'no nodes'),
    ...table(['VERSION', 'WAITING', 'RUNNING'], versionRows, 'no jobs'),
    ...table(['RUN', 'TASK', 'CALLER', 'OUTSTANDING', 'DONE'], runRows, 'no runs'),
    '',
  ].join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], none: string): string[] {
  if (rows.length === 0) return ['', none];
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const write = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] as number))
      .join('  ')
      .trimEnd();
  return ['', write(heads), ...rows.map(write)];
}
