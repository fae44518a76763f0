import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Cluster } from 'telar/cluster';
import { type BrokerName, onBrokers } from './brokers.ts';

const PROGRAM = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url));
const TASKS = fileURLToPath(new URL('../../tasks.js', import.meta.url));
const QUEUE = 'bench';
/** Milliseconds of a tick in which Linux counts the time of a process. */
const TICK = 10;

/** A broker with one node of two threads, and a cluster that calls it. */
export interface Place {
  readonly name: BrokerName;
  readonly cluster: Cluster;
  /** Milliseconds of CPU that broker and node have used; `NaN` where the system does not tell. */
  readonly cpuTime: () => number;
}

/** Starts both brokers, one after the other, and measures on each. */
export function onPlaces<R>(measure: (place: Place) => Promise<R>): Promise<Record<BrokerName, R>> {
  return onBrokers((name, url) => onBroker(name, url, measure));
}

async function onBroker<R>(name: BrokerName, url: string, measure: (place: Place) => Promise<R>): Promise<R> {
  // The broker was started by this process, and so is the node.
  const brokers = listChildren(process.pid);
  const node = await startNode(url);
  await using cluster = new Cluster({ connection: url, queue: QUEUE });
  try {
    const cpuTime = (): number => [...brokers, Number(node.pid)].reduce((sum, pid) => sum + timeOf(pid), 0);
    return await measure({ name, cluster, cpuTime });
  } finally {
    await cluster.close({ force: true });
    const ended = new Promise((resolve) => node.once('exit', resolve));
    node.kill();
    await ended;
  }
}

async function startNode(url: string): Promise<ChildProcess> {
  const args = [PROGRAM, 'worker', '--queue', QUEUE, '--tasks', TASKS, '--workers', '2'];
  const env = { ...process.env, TELAR_BROKER: url };
  const node = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    node.stdout.on('data', (said) => String(said).includes('serves') && resolve());
    node.once('exit', (code) => reject(new Error(`The node ended with ${code}.`)));
  });
  return node;
}

/** Milliseconds that a process, its children and those of its children that have ended have computed. */
function timeOf(pid: number): number {
  const fields = readStat(pid);
  if (fields === undefined) return Number.NaN;
  // These are the time of the process, and that of its children that have ended, each in the program and in the system.
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK;
  return listChildren(pid).reduce((sum, child) => {
    const time = timeOf(child);
    return Number.isNaN(time) ? sum : sum + time;
  }, own);
}

function listChildren(pid: number): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((other) => other > 0 && readStat(other)?.[1] === String(pid));
  } catch {
    return [];
  }
}

/** Returns the fields of a process behind its name; the first is its state. */
function readStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
