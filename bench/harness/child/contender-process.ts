import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answers, Ask, ChildPlan, Reply } from './messages.ts';

const PROGRAM = fileURLToPath(new URL('./serve.js', import.meta.url));
/** Windows cannot stop a process for a while: there an idle one is left to itself. */
const canPause = process.platform !== 'win32';

const alive = new Set<ChildProcess>();
// A process that is paused does not end by itself when we do.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * A contender in a process of its own, which is stopped by the system whenever it is not asked anything: what a
 * library does while it is idle costs the others nothing.
 */
export class ContenderProcess {
  /** Number of items that the contender is given. */
  readonly count: number;
  readonly #child: ChildProcess;
  readonly #name: string;

  private constructor(child: ChildProcess, name: string, count: number) {
    this.#child = child;
    this.#name = name;
    this.count = count;
  }

  /** Starts it, with its pool open and its input made. */
  static async start(plan: ChildPlan): Promise<ContenderProcess> {
    const name = `${plan.case}, ${plan.contender}`;
    const child = fork(PROGRAM, [JSON.stringify(plan)], { execArgv: [] });
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    try {
      const count = (await receive(child, name)) as number;
      if (canPause) child.kill('SIGSTOP');
      return new ContenderProcess(child, name, count);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async ask<Kind extends Ask['kind']>(ask: Extract<Ask, { kind: Kind }>): Promise<Answers[Kind]> {
    if (canPause) this.#child.kill('SIGCONT');
    const received = receive(this.#child, this.#name);
    this.#child.send(ask);
    const value = (await received) as Answers[Kind];
    if (canPause) this.#child.kill('SIGSTOP');
    return value;
  }

  /** Ends it, and waits until it is gone. How long a pool takes to close is the question of another case. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

async function receive(child: ChildProcess, name: string): Promise<unknown> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    const reply = await Promise.race([
      once(child, 'message', { signal }).then(([said]) => said as Reply),
      once(child, 'exit', { signal }).then(([code, by]): Reply => ({
        error: `It ended with ${code ?? by}.`,
      })),
    ]);
    if ('error' in reply) throw new Error(`${name} failed: ${reply.error}`);
    return reply.value;
  } finally {
    controller.abort();
  }
}
