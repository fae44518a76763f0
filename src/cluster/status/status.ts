import { type NodeInfo, readHead, readNode, readRunInfo, type RunInfo } from '../message/messages.ts';
import { JobQueue } from '../engine/job-queue.ts';
import { nameJobQueue } from '../message/signer.ts';
import { openCheckedBroker } from '../connect/open-broker.ts';
import type { Broker, RunState } from '../store/broker.ts';
import { sumVersion, type VersionState } from './queue-state.ts';

/** Milliseconds for which a broker is waited for. */
const PATIENCE = 5000;

/** State of one queue: its nodes, the jobs of each version, and its runs. */
export interface QueueStatus {
  readonly queue: string;
  readonly nodes: readonly NodeInfo[];
  readonly versions: readonly VersionState[];
  readonly runs: readonly RunStatus[];
}

/** State of a run: what the broker has of it, in chunks, and what its caller has said last. */
export interface RunStatus {
  readonly run: string;
  readonly task: string;
  readonly version: string;
  /** Name of the key of the run's secret, where messages are signed. */
  readonly key?: string | undefined;
  /** Caller that holds the run; absent where none does. */
  readonly caller?: string | undefined;
  readonly outstanding: number;
  readonly done: number;
  readonly told?:
    | Pick<RunInfo, 'items' | 'outstanding' | 'suspects' | 'healed' | 'since' | 'seen'>
    | undefined;
}

/** Reads the state of a queue, or of each queue that nodes or callers use. */
export async function readStatus(connection: string, queue: string | undefined): Promise<QueueStatus[]> {
  // A queue has to be named for a broker; which one makes no difference for their list.
  const names = queue === undefined ? await listQueues(connection) : [queue];
  const states: QueueStatus[] = [];
  // oxlint-disable-next-line no-await-in-loop -- each has connections of its own, of which a server has few.
  for (const name of names) states.push(await readQueue(connection, name));
  return states;
}

async function listQueues(connection: string): Promise<string[]> {
  return await withBroker(connection, 'default', async ({ registry }) =>
    (await registry.listQueues()).toSorted((a, b) => (a < b ? -1 : 1)),
  );
}

async function readQueue(connection: string, queue: string): Promise<QueueStatus> {
  return await withBroker(connection, queue, async ({ registry }) => {
    const infos = await registry.listNodes();
    const nodes = infos.map(readNode).filter((node) => node !== undefined);
    const told = new Map(
      infos.map(readRunInfo).flatMap((info) => (info === undefined ? [] : [[info.run, info]])),
    );
    const runs = (await registry.listRuns()).map((state) => describeRun(state, told.get(state.run)));
    const versions: VersionState[] = [];
    // Nodes with another secret are as far apart as those of another version.
    const jobQueues = new Map(
      [...nodes, ...runs].map(({ version, key }) => [nameJobQueue(version, key), { version, key }]),
    );
    for (const [jobQueue, { version, key }] of jobQueues) {
      const serving = nodes.filter((node) => node.key === key);
      // oxlint-disable-next-line no-await-in-loop -- each look has connections of its own, of which a server has few.
      versions.push(sumVersion(version, await countJobs(connection, queue, jobQueue), serving));
    }
    return { queue, nodes, versions, runs };
  });
}

async function withBroker<R>(
  connection: string,
  queue: string,
  use: (broker: Broker) => Promise<R>,
): Promise<R> {
  const broker = await openCheckedBroker(connection, queue, PATIENCE);
  try {
    return await use(broker);
  } finally {
    await broker.close();
  }
}

async function countJobs(
  connection: string,
  queue: string,
  version: string,
): Promise<{ waiting: number; running: number }> {
  const jobs = await JobQueue.open(connection, queue, version);
  try {
    return await jobs.count();
  } finally {
    await jobs.close();
  }
}

function describeRun(
  { run, head, caller, outstanding, done }: RunState,
  told: RunInfo | undefined,
): RunStatus {
  const known = { run, ...nameTask(head), caller, outstanding, done };
  if (told === undefined) return known;
  const { items, outstanding: left, suspects, healed, since, seen } = told;
  return { ...known, told: { items, outstanding: left, suspects, healed, since, seen } };
}

/** Names the task of a run. A head that somebody else has written does not keep operators from seeing the rest. */
function nameTask(head: string): Pick<RunStatus, 'task' | 'version' | 'key'> {
  try {
    const { task, version, key } = readHead(head);
    return { task, version, key };
  } catch {
    return { task: '(not of Telar)', version: '' };
  }
}
