import { setTimeout as sleep } from 'node:timers/promises';
import { raceTime } from '../../async/deferred.ts';
import {
  asBackend,
  type Job,
  KEPT,
  loadBullMq,
  locate,
  nameQueue,
  type Worker,
  type WorkerOptions,
} from './engine.ts';
import type { OnJob } from './job.ts';
import { JobSet } from './job-set.ts';

/** Milliseconds of a lock, unless its node renews it; after that the job goes to another node. */
export const LOCK = 10_000;

/** Terms on which a node takes jobs. */
export interface WorkerTerms {
  readonly connection: string;
  readonly queue: string;
  readonly version: string;
  /** Most jobs that the node runs at once. */
  readonly slots: number;
  readonly onJob: OnJob;
  /** Milliseconds of a lock. `@defaultValue` 10,000 */
  readonly lock?: number | undefined;
}

/** Takes the jobs of one version out of a queue, for a node. */
export class JobWorker {
  readonly #worker: Worker;
  readonly #jobs: JobSet;
  readonly #slots: number;
  #hasErred = false;

  private constructor(worker: Worker, jobs: JobSet, slots: number) {
    this.#worker = worker;
    this.#jobs = jobs;
    this.#slots = slots;
    worker.on('error', () => {
      this.#hasErred = true;
    });
  }

  static async open({
    connection,
    queue,
    version,
    slots,
    onJob,
    lock = LOCK,
  }: WorkerTerms): Promise<JobWorker> {
    const bullMq = await loadBullMq();
    const { backend, ...place } = await locate(bullMq, connection, queue);
    const options: WorkerOptions = {
      ...place,
      // On PostgreSQL the loop of BullMQ would never let go of the processor, had the first try to connect failed.
      autorun: false,
      concurrency: slots,
      lockDuration: lock,
      stalledInterval: Math.max(1000, lock / 2),
      // BullMQ counts a death against all that a node held. Telar counts for each chunk, in its store.
      maxStalledCount: 1_000_000,
      // An error is one of the connection: the loop goes on soon, and not after 15 s.
      runRetryDelay: 500,
      drainDelay: 1,
      ...KEPT,
    };
    const jobs = new JobSet();
    const work = async (job: Job, token?: string): Promise<unknown> => {
      if (jobs.isClosed) {
        await job.moveToWait(token);
        throw new bullMq.WaitingError();
      }
      return await jobs.add(onJob({ name: job.name, data: job.data }));
    };
    const worker = new bullMq.Worker(nameQueue(queue, version), work, options, asBackend(backend));
    const opened = new JobWorker(worker, jobs, slots);
    try {
      if (!(await raceTime(worker.waitUntilReady(), FIRST_CONTACT))) throw new Error('connection timeout');
    } catch (thrown) {
      await opened.close(true);
      throw thrown;
    }
    worker.run().catch(() => {});
    return opened;
  }

  /** Looks for jobs of dead nodes again: BullMQ stops doing so at the first error of PostgreSQL. */
  async tend(): Promise<void> {
    if (!this.#hasErred || this.#jobs.isClosed) return;
    this.#hasErred = false;
    await this.#worker.startStalledCheckTimer();
  }

  /** Tells whether the worker could run one more job, and was given none since a time. */
  isIdleSince(time: number): boolean {
    return this.#jobs.size < this.#slots && this.#jobs.takenAt < time;
  }

  /**
   * Takes no more jobs. Resolves when those that run are done; soon if `isForced`. BullMQ's own `close` is not waited for
   * without a bound: it hangs where its blocking call ends at the wrong moment.
   */
  async close(isForced: boolean): Promise<void> {
    this.#jobs.isClosed = true;
    if (!isForced) {
      await raceTime(this.#worker.pause(true), FAREWELL);
      await this.#jobs.settled();
      // BullMQ writes down that the last jobs are done.
      await sleep(SETTLING);
    }
    const closing = this.#worker.close(true).catch(() => {});
    await raceTime(closing, FAREWELL);
  }
}

/** Milliseconds that the first connection may take. */
const FIRST_CONTACT = 4000;
/** Milliseconds that BullMQ may take to end its connections. */
const FAREWELL = 1000;
/** Milliseconds that BullMQ gets to write down that a job is done. */
const SETTLING = 100;
