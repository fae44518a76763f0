import type { MessagePort, ResourceLimits, Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { createDeferred, type Deferred, raceTime } from '../../async/deferred.ts';
import { startWithFlags } from '../../machine/exec-argv.ts';
import { watchThreads } from '../../shared/sync/lifelines.ts';
import { locateOwnFile, requireOwn } from '../../machine/own-files.ts';
import { assertStartable } from '../../machine/start-advice.ts';
import type { ThreadStart } from '../../wire/message/message.ts';
import type { ThreadMark } from '../../wire/message/nested.ts';
import { guardResponses, type WorkerInfo } from './guard-responses.ts';
import type { SessionEnd } from './host.ts';
import { WorkerRecord } from './worker-record.ts';

/** Path of the worker's entry, set by the bundler, which puts the entry beside this file. */
declare const BUNDLED_ENTRY: string | undefined;
const ENTRY = typeof BUNDLED_ENTRY === 'string' ? BUNDLED_ENTRY : '../../../bundle/entry.cjs';

/** Set by the bundler as well, which puts piscina beside this file, as one file instead of twelve. */
declare const BUNDLED_PISCINA: string | undefined;
const PISCINA = typeof BUNDLED_PISCINA === 'string' ? BUNDLED_PISCINA : 'piscina';

/** Returns where the code that runs on a thread stands. @throws TelarError where a bundler has left it behind. */
export function locateEntry(): string {
  return locateOwnFile(ENTRY, import.meta.url);
}

/**
 * Size of a worker's young generation in MB: a third of Node's own. Short-lived objects take no more CPU time for that
 * (measured at 500 MB of NDJSON), and each worker that allocates much takes 25 MB less.
 */
const YOUNG_GENERATION = 16;

/**
 * Milliseconds for which a dismissed thread may go on loading: what it loads may hang, and it may have to wait for a
 * core.
 */
const MOST_LOADING = 10_000;

/**
 * One worker thread, started, limited and stopped by a piscina 5.3.2 of its own. A session is one piscina task, which
 * holds the thread until the session ends; chunks never pass through piscina. So its known faults stay out of reach:
 * errors and results are never piscina's to carry, its queue is always empty, and its `close`, which kills running
 * tasks, is never called.
 *
 * A piscina of several threads marks those of its constructor as ready, and gives each a task at once. A thread that
 * it starts later gets one only when it has said that it is ready: when it dies before, the task waits for ever, and
 * nothing tells which one it was. And it starts threads in the place of dead ones by itself, inside event handlers,
 * where a system that gives no more threads makes it throw what nobody can catch.
 */
export class Thread {
  /** Number of the thread, as it said when it was ready. */
  readonly id: number;
  readonly record: WorkerRecord;
  readonly #pool: Piscina;
  readonly #worker: Worker;
  #info: WorkerInfo | undefined;
  #isBusy = false;
  #hasServed = false;
  #isTerminated = false;
  /** Resolves when the thread is told to end, and otherwise with its session. */
  #told: Deferred<void> = createDeferred();
  #serving: Promise<unknown> = Promise.resolve();

  /** Starts the thread. Throws when the system gives none. */
  constructor(resourceLimits: ResourceLimits | undefined) {
    assertStartable(resourceLimits);
    // Threads are watched from before the first one starts, since one that holds a lock may die.
    watchThreads();
    const filename = locateEntry();
    // Piscina is loaded here, since a program that imports Telar may never run anything, and a worker never does.
    const { Piscina: Constructor } = requireOwn(PISCINA, import.meta.url) as typeof import('piscina');
    this.#pool = startWithFlags(
      (flags) =>
        new Constructor({
          filename,
          // This is also the name that piscina looks for when a worker starts: with another one it falls back to code
          // from strings, which `--disallow-code-generation-from-strings` forbids.
          name: 'runSession',
          minThreads: 1,
          maxThreads: 1,
          idleTimeout: Infinity,
          concurrentTasksPerWorker: 1,
          // The worker's event loop must live between chunks, for timers, ports and stray errors.
          atomics: 'disabled',
          recordTiming: false,
          loadBalancer: (_, [worker]) => {
            if (worker === undefined) return null;
            this.#info = guardResponses(worker);
            return worker;
          },
          workerData: { telar: 'worker' } satisfies ThreadMark,
          resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION, ...resourceLimits },
          ...flags,
        }),
    );
    this.#worker = this.#pool.threads[0] as Worker;
    this.id = this.#worker.threadId;
    this.record = new WorkerRecord(this.id);
    // From now on piscina starts no thread in the place of a dead one.
    (this.#pool.options as { minThreads: number }).minThreads = 0;
    // An abort that races an answer emits an error; the session's own promise says all there is to know.
    this.#pool.on('error', () => {});
  }

  get isAlive(): boolean {
    return !this.#isTerminated && this.#pool.threads.length > 0;
  }

  get isIdle(): boolean {
    return !this.#isBusy && this.isAlive;
  }

  /** Whether the thread has yet to show that it can start. */
  get isFresh(): boolean {
    return !this.#hasServed;
  }

  /** Serves a session. Resolves with its end; never rejects. */
  async run(start: ThreadStart, port: MessagePort): Promise<SessionEnd> {
    this.#isBusy = true;
    this.#told = createDeferred();
    const serving = this.#pool.run(start, { transferList: [port] });
    this.#serving = serving;
    try {
      await Promise.race([serving, this.#told.promise]);
      if (this.#isTerminated) return { kind: 'terminated' };
      this.#hasServed = true;
      return { kind: 'ended' };
    } catch (thrown) {
      return this.#isTerminated ? { kind: 'terminated' } : classifyEnd(thrown);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Sets whether the session that the thread serves keeps the process alive. */
  keepAwake(isAwake: boolean): void {
    if (isAwake) this.#info?.ref();
    else this.#info?.unref();
  }

  /** Lets the process end even if this thread does not end. */
  unref(): void {
    this.#worker.unref();
  }

  /** Ends the thread at once, whatever it does. Resolves when it has ended. */
  async terminate(): Promise<void> {
    this.#isTerminated = true;
    this.#told.resolve();
    await this.#pool.destroy();
  }

  /**
   * Ends the thread's session at once, and the thread when its worker has done what is left of that, or does not come
   * to it.
   *
   * This is for a thread that loads modules: one that is terminated then leaves open for good the file that its loader
   * is about to open (Node 20), and may abort the process (`Module::IsGraphAsync`, where a module is required).
   */
  async dismiss(): Promise<void> {
    this.#isTerminated = true;
    this.#told.resolve();
    const over = this.#serving.catch(() => {});
    await raceTime(over, MOST_LOADING);
    await this.#pool.destroy();
  }
}

function classifyEnd(thrown: unknown): SessionEnd {
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { kind: 'out-of-memory', thrown };
  // The message is the only trace that piscina leaves of an exit code.
  const exit = /^worker exited with code: (-?\d+)$/.exec(String(message));
  if (exit !== null) return { kind: 'exit', exitCode: Number(exit[1]) };
  return { kind: 'crash', thrown };
}
