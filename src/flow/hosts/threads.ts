import { MessageChannel, type ResourceLimits } from 'node:worker_threads';
import { raceTime } from '../../async/deferred.ts';
import type { ThreadStart } from '../../wire/message/message.ts';
import { SharedSlots } from '../../wire/slots/shared-slots.ts';
import { locateEntry, Thread } from './thread.ts';
import { createUnstarted } from './unstarted.ts';
import type { HostedSession, SessionHost, SessionTerms } from './host.ts';
import { ThreadPort } from './message-port.ts';
import { Outputs } from './outputs.ts';
import type { WorkerRecord } from './worker-record.ts';

/**
 * Milliseconds for which the end of a thread is waited for that was told to end: one that is inside a call into the
 * system does not.
 */
const MOST_ENDING = 500;
/** Milliseconds for which, before `MOST_ENDING` begins, a thread that still loads modules may go on with it. */
const MOST_LOADING = 3000;

/** Workers that are threads. They start when they are first needed, and stay until `close`. */
export class Threads implements SessionHost {
  readonly size: number;
  readonly #resourceLimits: ResourceLimits | undefined;
  /** Threads in the order in which they started: what they have loaded is used again. */
  readonly #threads = new Set<Thread>();
  /** Threads that were told to end, with the promise of their end. */
  readonly #ending = new Map<Thread, Promise<void>>();
  readonly #outputs = new Outputs();

  constructor(size: number, resourceLimits: ResourceLimits | undefined) {
    // The entry is located before anything starts: if a bundler has left it behind, it is not found at the next try
    // either.
    locateEntry();
    this.size = size;
    this.#resourceLimits = resourceLimits;
  }

  get idle(): number {
    let count = 0;
    for (const thread of this.#threads) if (thread.isIdle) count++;
    return count;
  }

  open({ importTimeout, recycle }: SessionTerms): HostedSession {
    let thread: Thread;
    try {
      thread = this.#takeThread();
    } catch (thrown) {
      return createUnstarted(thrown);
    }
    const { port1, port2 } = new MessageChannel();
    const slots = new SharedSlots();
    const start: ThreadStart = { port: port2, cells: slots.cells, importTimeout, recycle };
    const { isFresh } = thread;
    const port = new ThreadPort(port1, true);
    return {
      port,
      slots,
      record: thread.record,
      worker: isFresh ? 'fresh' : 'warm',
      ended: thread.run(start, port2),
      terminate: () => this.#end(thread, thread.terminate()),
      dismiss: () => this.#end(thread, thread.dismiss()),
      keepAwake: (isAwake) => {
        port.keepAwake(isAwake);
        thread.keepAwake(isAwake);
      },
      onReady: ({ output }) => {
        if (output !== undefined) this.#outputs.add(output);
      },
      flush: () => this.#outputs.flush(),
    };
  }

  listRecords(): WorkerRecord[] {
    return [...this.#threads].filter(({ isAlive }) => isAlive).map(({ record }) => record);
  }

  async close(): Promise<void> {
    for (const thread of this.#threads) this.#end(thread, thread.terminate());
    const ending = Promise.all(this.#ending.values());
    if (!(await raceTime(ending, MOST_LOADING))) {
      for (const thread of this.#ending.keys()) void thread.terminate();
      if (!(await raceTime(ending, MOST_ENDING))) for (const thread of this.#ending.keys()) thread.unref();
    }
    this.#outputs.close();
  }

  #takeThread(): Thread {
    for (const thread of this.#threads) {
      if (thread.isIdle) return thread;
      if (!thread.isAlive) this.#threads.delete(thread);
    }
    const thread = new Thread(this.#resourceLimits);
    this.#threads.add(thread);
    return thread;
  }

  /** Moves a thread to those that are ending, for which `close` waits. Returns its id. */
  #end(thread: Thread, end: Promise<void>): number {
    this.#threads.delete(thread);
    this.#ending.set(thread, end);
    void end.then(() => this.#ending.delete(thread));
    return thread.id;
  }
}
