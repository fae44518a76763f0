import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type ResourceLimits, type Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { raceTime } from '../../deferred.ts';
import { withoutInputType } from '../../exec-argv.ts';
import { watchThreads } from '../../memory/lock/lifelines.ts';
import type { ThreadStart } from '../../wire/message.ts';
import { SharedSlots } from '../../wire/slots/shared-slots.ts';
import type { HostedSession, SessionEnd, SessionHost, SessionTerms } from './host.ts';
import { ThreadPort } from './message-port.ts';
import { Outputs } from './outputs.ts';

/** Set by the bundler, which puts the worker's entry beside this file. */
declare const BUNDLED_ENTRY: string | undefined;
const ENTRY = fileURLToPath(
  new URL(typeof BUNDLED_ENTRY === 'string' ? BUNDLED_ENTRY : '../../../workers/entry.js', import.meta.url),
);
const require = createRequire(import.meta.url);

/** How long the end of a thread is waited for that was told to end: one that is inside a call into the system does not. In ms. */
const MOST_ENDING = 2000;

/**
 * In MB: a third of Node's own. Short-lived objects take no more CPU time for that (measured at 500 MB of NDJSON), and
 * each worker that allocates much takes 25 MB less.
 */
const YOUNG_GENERATION = 16;

/**
 * Worker threads, started, limited and replaced by piscina 5.3.2. A session is one piscina task, which holds its
 * worker until the session ends; chunks never pass through piscina. So its known faults stay out of reach:
 * errors and results are never piscina's to carry, its queue never holds more than sessions, and its `close`,
 * which kills running tasks, is never called.
 */
export class Threads implements SessionHost {
  readonly size: number;
  readonly #resourceLimits: ResourceLimits | undefined;
  readonly #exits = new Set<Promise<unknown>>();
  readonly #outputs = new Outputs();
  #pool: Piscina | undefined;
  #open = 0;

  constructor(size: number, resourceLimits: ResourceLimits | undefined) {
    this.size = size;
    this.#resourceLimits = resourceLimits;
  }

  open({ importTimeout, wear }: SessionTerms): HostedSession {
    const { port1, port2 } = new MessageChannel();
    const slots = new SharedSlots();
    const start: ThreadStart = { port: port2, cells: slots.cells, importTimeout, wear };
    this.#open++;
    const isNew = this.#pool === undefined;
    const pool = this.#preparePool(this.#open);
    // piscina takes its first threads for ready before they have started.
    const isWarm = !isNew && pool.idleThreads > 0;
    const controller = new AbortController();
    const ended = pool
      .run(start, { transferList: [port2], signal: controller.signal })
      .then(
        (): SessionEnd => ({ kind: 'ended' }),
        (error: unknown) => classifyEnd(error, controller.signal.aborted),
      )
      .finally(() => {
        this.#open--;
      });
    return {
      port: new ThreadPort(port1),
      slots,
      isWarm,
      ended,
      terminate: () => this.#terminate(pool, controller),
      greet: ({ output }) => {
        if (output !== undefined) this.#outputs.add(output);
      },
      flush: () => this.#outputs.flush(),
    };
  }

  stopReplacing(): void {
    // Else piscina starts new workers for those it ends.
    if (this.#pool !== undefined) setThreads(this.#pool, 0);
  }

  async close(): Promise<void> {
    this.stopReplacing();
    const pool = this.#pool;
    this.#pool = undefined;
    const threads = pool?.threads ?? [];
    const ending = Promise.all([pool?.destroy(), ...this.#exits]);
    if (!(await raceTime(ending, MOST_ENDING))) for (const thread of threads) thread.unref();
    this.#outputs.close();
  }

  /** Threads start when they are first needed; piscina keeps as many as were ever needed at once. */
  #preparePool(needed: number): Piscina {
    if (this.#pool === undefined) {
      // Before the first thread starts: whoever holds a lock there may die.
      watchThreads();
      // Loaded here, since a program that imports Telar may never run anything, and a worker never does.
      const { Piscina: Constructor } = require('piscina') as typeof import('piscina');
      this.#pool = new Constructor({
        filename: ENTRY,
        // Also the name that piscina looks for when a worker starts: with another one it falls back to code from
        // strings, which `--disallow-code-generation-from-strings` forbids.
        name: 'runSession',
        minThreads: needed,
        maxThreads: needed,
        idleTimeout: Infinity,
        concurrentTasksPerWorker: 1,
        // The worker's event loop must live between chunks, for timers, ports and stray errors.
        atomics: 'disabled',
        recordTiming: false,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION, ...this.#resourceLimits },
        ...withoutInputType(),
      });
      // An abort that races an answer emits an error; the session's own promise says all there is to know.
      this.#pool.on('error', () => {});
    } else if (needed > this.#pool.options.maxThreads) {
      setThreads(this.#pool, needed);
    }
    return this.#pool;
  }

  /** Aborting a session makes piscina terminate its worker and start another; `close` waits for the old one. */
  #terminate(pool: Piscina, controller: AbortController): number | undefined {
    const before = pool.threads;
    controller.abort();
    const after = new Set(pool.threads);
    const [ended] = before.filter((worker) => !after.has(worker));
    if (ended !== undefined) this.#awaitExit(ended);
    return ended?.threadId;
  }

  #awaitExit(worker: Worker): void {
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    this.#exits.add(exit);
    void exit.then(() => this.#exits.delete(exit));
  }
}

function setThreads(pool: Piscina, count: number): void {
  const options = pool.options as { minThreads: number; maxThreads: number };
  options.minThreads = count;
  if (count > 0) options.maxThreads = count;
}

function classifyEnd(error: unknown, isAborted: boolean): SessionEnd {
  if (isAborted) return { kind: 'terminated' };
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { kind: 'out-of-memory', thrown: error };
  // The only trace that piscina leaves of an exit code.
  const exit = /^worker exited with code: (-?\d+)$/.exec(String(message));
  if (exit !== null) return { kind: 'exit', exitCode: Number(exit[1]) };
  return { kind: 'crash', thrown: error };
}
