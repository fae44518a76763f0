import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url));
export const TASKS: string = fileURLToPath(new URL('../fixtures/cluster/tasks.js', import.meta.url));

/** A node in a program of its own. */
export interface TestNode {
  readonly pid: number;
  readonly said: string;
  /** Sends the node a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the node a signal, and resolves with its exit code, or the signal, when it has ended. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export interface NodeOptions {
  readonly url: string;
  readonly queue: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly node?: string;
}

/** Starts a node. Resolves once it takes chunks. */
export async function startNode(options: NodeOptions): Promise<TestNode> {
  const node = spawnNode(options);
  for (let tries = 0; !node.said.includes('serves'); tries++) {
    if (tries > 3000 || node.isOver()) throw new Error(`The node did not start:\n${node.said}`);
    await sleep(10);
  }
  return node;
}

/** Starts a node, and does not wait for it. */
export function spawnNode({
  url,
  queue,
  args = [],
  env,
  node,
}: NodeOptions): TestNode & { isOver(): boolean } {
  const command = [PROGRAM, 'worker', '--queue', queue, '--tasks', TASKS, ...args];
  const child: ChildProcess = spawn(node ?? process.execPath, command, {
    env: { ...process.env, TELAR_BROKER: url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (piece: Buffer): void => {
    said = (said + piece.toString()).slice(-10_000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0));
  });
  return {
    pid: child.pid ?? 0,
    get said() {
      return said;
    },
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal) => void child.kill(signal),
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return await ended;
    },
  };
}
