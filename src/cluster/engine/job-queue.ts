import { raceTime } from '../../async/deferred.ts';
import {
  asBackend,
  KEPT,
  loadBullMq,
  locateOwned,
  nameQueue,
  type Queue,
  type QueueOptions,
} from './engine.ts';
import type { NewJob } from './job.ts';

/** Milliseconds that BullMQ may take to end its connections. */
const FAREWELL = 1000;

/** The jobs of one version in a queue, as callers see them. */
export class JobQueue {
  readonly #open: () => Promise<OwnedQueue>;
  #opened: Promise<OwnedQueue>;

  private constructor(open: () => Promise<OwnedQueue>) {
    this.#open = open;
    this.#opened = open();
  }

  static async open(connection: string, queue: string, version: string): Promise<JobQueue> {
    const bullMq = await loadBullMq();
    const open = async (): Promise<OwnedQueue> => {
      const { backend, end, ...place } = await locateOwned(bullMq, connection, queue);
      const options: QueueOptions = { ...place, streams: { events: { maxLen: 100 } } };
      const jobs = new bullMq.Queue(nameQueue(queue, version), options, asBackend(backend));
      // Without a listener the loss of a connection would end the program.
      jobs.on('error', () => {});
      return { jobs, end };
    };
    const opened = new JobQueue(open);
    await opened.#opened;
    return opened;
  }

  /** Makes the connections of the queue anew, since nothing comes over the present ones: its messages are small. */
  reset(): true {
    const before = this.#opened;
    this.#opened = this.#open();
    before.then(
      ({ end }) => end(),
      () => {},
    );
    return true;
  }

  /** Adds jobs. A job that is there already stays as it is. */
  async add(jobs: readonly NewJob[]): Promise<void> {
    const queue = await this.#reach();
    await queue.addBulk(
      jobs.map(({ id, name, data }) => ({ name, data, opts: { jobId: id, attempts: 1, ...KEPT } })),
    );
  }

  /** Returns which of the jobs will not run any more, unless they have: they are in no state that leads to a node. */
  async findLost(ids: readonly string[]): Promise<string[]> {
    const queue = await this.#reach();
    const states = await Promise.all(ids.map((id) => queue.getJobState(id)));
    return ids.filter((_, at) => !LIVE.has(states[at] as string));
  }

  /** Returns the number of jobs that wait, and that run. */
  async count(): Promise<{ waiting: number; running: number }> {
    const queue = await this.#reach();
    const counts = await queue.getJobCounts('waiting', 'active');
    return { waiting: counts['waiting'] ?? 0, running: counts['active'] ?? 0 };
  }

  /** Ends the connections of the queue, soon also where the broker does not answer. */
  async close(): Promise<void> {
    const { jobs, end } = await this.#opened;
    await raceTime(
      jobs.close().catch(() => {}),
      FAREWELL,
    );
    end();
  }

  /** Returns the queue once it is connected. BullMQ keeps for ever that a first try on PostgreSQL has failed. */
  async #reach(): Promise<Queue> {
    const opened = this.#opened;
    const { jobs } = await opened;
    try {
      await jobs.waitUntilReady();
      return jobs;
    } catch (thrown) {
      if (this.#opened === opened) this.reset();
      throw thrown;
    }
  }
}

/** A queue of BullMQ, and the end of its connections. */
interface OwnedQueue {
  readonly jobs: Queue;
  readonly end: () => void;
}

const LIVE = new Set(['waiting', 'active', 'delayed', 'prioritized', 'paused', 'waiting-children']);
