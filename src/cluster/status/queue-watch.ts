import { raceTime } from '../../async/deferred.ts';
import { JobQueue } from '../engine/job-queue.ts';
import { readNode } from '../message/messages.ts';
import { nameJobQueue } from '../message/signer.ts';
import type { Registry } from '../store/broker.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import { sumVersion, type VersionState } from './queue-state.ts';

/** Milliseconds for which an answer of the broker is good, and for which one is waited for. */
const GOOD = 1000;
const PATIENCE = 2000;

/** The queue that is watched. */
interface WatchTerms {
  readonly connection: string;
  readonly queue: string;
  readonly tasks: TaskRegistry;
  readonly key: string | undefined;
}

/** Looks at a queue as often as somebody asks, and not more than once a second. */
export class QueueWatch {
  readonly #terms: WatchTerms;
  readonly #registry: Registry;
  readonly #queues = new Map<string, Promise<JobQueue>>();
  #reading: Promise<VersionState[]> | undefined;
  #known: { readonly at: number; readonly states: VersionState[] } | undefined;

  constructor(terms: WatchTerms, registry: Registry) {
    this.#terms = terms;
    this.#registry = registry;
  }

  /** Returns the state of each version; `undefined` where the broker does not answer in time. */
  async read(): Promise<VersionState[] | undefined> {
    if (this.#known !== undefined && performance.now() - this.#known.at < GOOD) return this.#known.states;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    const reading = this.#reading;
    // The look may fail when nobody waits for it any more.
    reading.catch(() => {});
    try {
      return (await raceTime(reading, PATIENCE)) ? await reading : undefined;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    const queues = await Promise.allSettled(this.#queues.values());
    for (const queue of queues) if (queue.status === 'fulfilled') await queue.value.close().catch(() => {});
  }

  async #read(): Promise<VersionState[]> {
    const infos = (await this.#registry.listNodes()).map(readNode).filter((node) => node !== undefined);
    const states = await Promise.all(
      this.#terms.tasks.versions.map(async (version) => {
        const jobs = await this.#open(version);
        const nodes = infos.filter((node) => node.key === this.#terms.key);
        return sumVersion(version, await jobs.count(), nodes);
      }),
    );
    this.#known = { at: performance.now(), states };
    return states;
  }

  async #open(version: string): Promise<JobQueue> {
    let queue = this.#queues.get(version);
    if (queue === undefined) {
      const { connection, key } = this.#terms;
      queue = JobQueue.open(connection, this.#terms.queue, nameJobQueue(version, key));
      this.#queues.set(version, queue);
      queue.catch(() => this.#queues.delete(version));
    }
    return await queue;
  }
}
