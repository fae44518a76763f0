import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const TELAR = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url));
const TASKS = fileURLToPath(new URL('./tasks.js', import.meta.url));

/** One `telar worker`, as it would run on a machine of its own. */
export interface ExampleWorker {
  readonly pid: number;
  /** Resolves when it takes work. */
  readonly ready: Promise<void>;
  readonly isGone: boolean;
  /** Whether it was told to end. */
  readonly isKilled: boolean;
  /** Ends it in order, and resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a worker: `npx telar worker --tasks ./tasks.js`. Others take over what it had 2 s after it died. */
export function startWorker(broker: string, queue: string): ExampleWorker {
  const command = [TELAR, 'worker', '--queue', queue, '--tasks', TASKS, '--workers', '1', '--lock', '2s'];
  const env = { ...process.env, TELAR_BROKER: broker };
  const child: ChildProcess = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  // A program that is ended from outside takes its workers along.
  const stop = (): void => void child.kill('SIGKILL');
  process.once('exit', stop);
  return {
    pid: child.pid ?? 0,
    ready: Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), exited]).then(() => {
      if (child.exitCode !== null) throw new Error(`The worker ended with ${child.exitCode}.`);
    }),
    get isGone() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    get isKilled() {
      return child.killed;
    },
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await exited;
      process.off('exit', stop);
    },
  };
}
