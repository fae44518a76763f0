import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { createDeferred, type Deferred, raceTime } from '../../async/deferred.ts';
import { startWithFlags } from '../../machine/exec-argv.ts';
import { watchThreads } from '../../shared/sync/lifelines.ts';
import { locateOwnFile } from '../../machine/own-files.ts';
import { assertStartable } from '../../machine/start-advice.ts';
import type { SessionOver, ThreadStart } from '../../wire/message/message.ts';
import type { LinkedThread } from '../../wire/message/nested.ts';
import type { SessionEnd } from './host.ts';
import { WorkerRecord } from './worker-record.ts';

/** Path of the worker's entry, set by the bundler, which puts the entry beside this file. */
declare const BUNDLED_ENTRY: string | undefined;
const ENTRY = typeof BUNDLED_ENTRY === 'string' ? BUNDLED_ENTRY : '../../../bundle/entry.cjs';

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
 * One worker thread. It serves one session at a time, which it is asked for over a port of its own, the link; chunks go
 * over the port of their session.
 */
export class Thread {
  /** Number of the thread, as it said when it was ready. */
  readonly id: number;
  readonly record: WorkerRecord;
  readonly #worker: Worker;
  readonly #link: MessagePort;
  /** Number of sessions that the thread was asked for. */
  #asked = 0;
  /** Resolves with the end of the session that the thread serves. */
  #session: Deferred<SessionEnd> | undefined;
  #hasServed = false;
  #isTerminated = false;
  #isGone = false;
  /** Resolves when the thread is told to end, and otherwise with its session. */
  #told: Deferred<void> = createDeferred();

  /** Starts the thread. Throws when the system gives none. */
  constructor(resourceLimits: ResourceLimits | undefined) {
    assertStartable(resourceLimits);
    // Threads are watched from before the first one starts, since one that holds a lock may die.
    watchThreads();
    const entry = locateEntry();
    const { port1, port2 } = new MessageChannel();
    this.#link = port1;
    try {
      this.#worker = startWithFlags(
        (flags) =>
          new Worker(entry, {
            workerData: { telar: 'worker', link: port2 } satisfies LinkedThread,
            transferList: [port2],
            resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION, ...resourceLimits },
            ...flags,
          }),
      );
    } catch (thrown) {
      port1.close();
      throw thrown;
    }
    this.id = this.#worker.threadId;
    this.record = new WorkerRecord(this.id);
    this.#listen();
  }

  get isAlive(): boolean {
    return !this.#isTerminated && !this.#isGone;
  }

  get isIdle(): boolean {
    return this.#session === undefined && this.isAlive;
  }

  /** Whether the thread has yet to show that it can start. */
  get isFresh(): boolean {
    return !this.#hasServed;
  }

  /** Serves a session. Resolves with its end; never rejects. */
  async run(start: Omit<ThreadStart, 'session'>): Promise<SessionEnd> {
    this.#told = createDeferred();
    const session = createDeferred<SessionEnd>();
    this.#session = session;
    this.#worker.ref();
    this.#link.postMessage({ ...start, session: ++this.#asked } satisfies ThreadStart, [start.port]);
    const end = await Promise.race([session.promise, this.#told.promise]);
    if (this.#isTerminated || end === undefined) return { kind: 'terminated' };
    return end;
  }

  /** Sets whether the session that the thread serves keeps the process alive. */
  keepAwake(isAwake: boolean): void {
    if (isAwake) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Lets the process end even if this thread does not end. */
  unref(): void {
    this.#worker.unref();
  }

  /** Ends the thread at once, whatever it does. Resolves when it has ended. */
  async terminate(): Promise<void> {
    this.#isTerminated = true;
    this.#told.resolve();
    await this.#worker.terminate();
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
    await raceTime(this.#session?.promise ?? Promise.resolve(), MOST_LOADING);
    await this.#worker.terminate();
  }

  #listen(): void {
    // A task may have got hold of the link: only the end of this very session counts.
    this.#link.on('message', (said: unknown) => {
      const over: SessionOver = `session ${this.#asked} is over`;
      if (said !== over || this.#session === undefined) return;
      this.#hasServed = true;
      this.#worker.unref();
      this.#end({ kind: 'ended' });
    });
    // The thread keeps the process alive by itself, while it has a session.
    this.#link.unref();
    this.#worker.unref();
    this.#worker.on('error', (thrown: unknown) => {
      this.#isGone = true;
      this.#end(classifyThrown(thrown));
    });
    this.#worker.once('exit', (exitCode) => {
      this.#isGone = true;
      this.#end({ kind: 'exit', exitCode });
      this.#link.close();
    });
  }

  #end(end: SessionEnd): void {
    const session = this.#session;
    this.#session = undefined;
    session?.resolve(end);
  }
}

function classifyThrown(thrown: unknown): SessionEnd {
  const code: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined;
  return { kind: code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out-of-memory' : 'crash', thrown };
}
