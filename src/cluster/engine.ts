import type { ConnectionOptions, Job, Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { raceTime } from '../async/deferred.ts';
import { ClusterError } from './cluster-error.ts';

/** A chunk that waits for a node. Small, so that dashboards stay quick: the items lie in the store. */
export interface ChunkJob {
  readonly v: 1;
  readonly run: string;
  readonly number: number;
  readonly items: number;
  readonly bytes: number;
  /** The caller, its machine and process. */
  readonly from: string;
}

/** A job on its way into the queue. */
export interface NewJob {
  /** Never used twice: an id among the finished jobs swallows a new job in silence. */
  readonly id: string;
  /** The task, for dashboards. */
  readonly name: string;
  readonly data: ChunkJob;
}

/** A node's report of a job that it has done, for dashboards. */
export interface JobReport {
  readonly items: number;
  readonly failed: number;
  readonly ms: number;
  readonly node: string;
}

/** Called with each job. What it throws fails the job at the broker, and nothing else. */
export type OnJob = (job: { readonly name: string; readonly data: unknown }) => Promise<JobReport | 'gone'>;

/** Milliseconds of a lock, unless its node renews it; after that the job goes to another node. */
export const LOCK = 10_000;

/** The finished jobs that stay, for dashboards. */
const KEPT = { removeOnComplete: { count: 200, age: 3600 }, removeOnFail: { count: 200 } };

const NOT_INSTALLED = 'telar/cluster needs bullmq, and ioredis or pg: npm install bullmq ioredis';

type BullMq = typeof import('bullmq');

/** Place where BullMQ keeps its queues. */
interface Place {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  /** BullMQ's backend; `undefined` for the one of Redis. */
  readonly backend: unknown;
}

/** The jobs of one version in a queue, as callers see them. */
export class JobQueue {
  readonly #queue: Queue;

  private constructor(queue: Queue) {
    this.#queue = queue;
  }

  static async open(connection: string, queue: string, version: string): Promise<JobQueue> {
    const bullMq = await loadBullMq();
    const { backend, ...place } = locate(bullMq, connection, queue);
    const options: QueueOptions = { ...place, streams: { events: { maxLen: 100 } } };
    const jobs = new bullMq.Queue(nameQueue(queue, version), options, asBackend(backend));
    // Without a listener the loss of a connection would end the program.
    jobs.on('error', () => {});
    return new JobQueue(jobs);
  }

  /** Adds jobs. One that is there already stays as it is. */
  async add(jobs: readonly NewJob[]): Promise<void> {
    await this.#queue.addBulk(
      jobs.map(({ id, name, data }) => ({ name, data, opts: { jobId: id, attempts: 1, ...KEPT } })),
    );
  }

  /** Returns which of the jobs will not run any more, unless they have: they are in no state that leads to a node. */
  async findLost(ids: readonly string[]): Promise<string[]> {
    const states = await Promise.all(ids.map((id) => this.#queue.getJobState(id)));
    return ids.filter((_, at) => !LIVE.has(states[at] as string));
  }

  /** Returns the number of jobs that wait, and that run. */
  async count(): Promise<{ waiting: number; running: number }> {
    const counts = await this.#queue.getJobCounts('waiting', 'active');
    return { waiting: counts['waiting'] ?? 0, running: counts['active'] ?? 0 };
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

const LIVE = new Set(['waiting', 'active', 'delayed', 'prioritized', 'paused', 'waiting-children']);

/** Takes the jobs of one version out of a queue, for a node. */
export class JobWorker {
  readonly #worker: Worker;
  readonly #jobs: JobSet;

  private constructor(worker: Worker, jobs: JobSet) {
    this.#worker = worker;
    this.#jobs = jobs;
  }

  /** @param slots - Number of jobs at once. */
  static async open(
    connection: string,
    queue: string,
    version: string,
    slots: number,
    onJob: OnJob,
    lock: number = LOCK,
  ): Promise<JobWorker> {
    const bullMq = await loadBullMq();
    const { backend, ...place } = locate(bullMq, connection, queue);
    const options: WorkerOptions = {
      ...place,
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
    worker.on('error', () => {});
    return new JobWorker(worker, jobs);
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

/** Milliseconds that BullMQ may take to end its connections. */
const FAREWELL = 1000;
/** Milliseconds that BullMQ gets to write down that a job is done. */
const SETTLING = 100;

/** The jobs that a node runs. */
class JobSet {
  isClosed = false;
  readonly #running = new Set<Promise<unknown>>();

  /** Adds a job, and gives it back. */
  async add<R>(job: Promise<R>): Promise<R> {
    this.#running.add(job);
    try {
      return await job;
    } finally {
      this.#running.delete(job);
    }
  }

  /** Resolves when no job runs. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}

/** Makes BullMQ's tables on a PostgreSQL server, unless they are there. */
export const initEngine = (connection: string): Promise<void> => openTables(connection, true);

/** Throws where BullMQ lacks its tables: a node would wait in silence for jobs that it can never get. */
export async function assertEngine(connection: string): Promise<void> {
  try {
    if (isPostgres(connection)) await openTables(connection, false);
  } catch (cause) {
    if (!/migrat|not initialized/i.test(String(Object(cause).message))) throw cause;
    throw new ClusterError(
      'The broker has no tables for BullMQ of this version: run `npx telar cluster init --connection …` once, as a role that may create them.',
      'broker',
      { cause },
    );
  }
}

async function openTables(connectionString: string, migrate: boolean): Promise<void> {
  const bullMq = await loadBullMq();
  const connection = { connectionString, migrate } as unknown as ConnectionOptions;
  const queue = new bullMq.Queue('telar-init', { connection }, asBackend(bullMq.createPostgresBackend));
  queue.on('error', () => {});
  try {
    await queue.waitUntilReady();
  } finally {
    await queue.close();
  }
}

function nameQueue(queue: string, version: string): string {
  return `telar-${queue}-${version}`;
}

function locate(bullMq: BullMq, connection: string, queue: string): Place {
  const prefix = `{telar:${queue}}`;
  if (isPostgres(connection)) {
    return {
      prefix,
      connection: { connectionString: connection } as unknown as ConnectionOptions,
      backend: bullMq.createPostgresBackend,
    };
  }
  return { prefix, connection: { url: connection, maxRetriesPerRequest: null }, backend: undefined };
}

/** Tells a PostgreSQL server by its URL from a Redis one. */
export function isPostgres(connection: string): boolean {
  return /^postgres(ql)?:/.test(connection);
}

/** BullMQ's types tie a backend to the type of its connection, which is known at run time only here. */
function asBackend(backend: unknown): undefined {
  return backend as undefined;
}

async function loadBullMq(): Promise<BullMq> {
  try {
    return await import('bullmq');
  } catch (cause) {
    throw new ClusterError(NOT_INSTALLED, 'broker', { cause });
  }
}
