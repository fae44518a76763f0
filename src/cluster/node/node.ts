import { randomUUID } from 'node:crypto';
import { raceTime } from '../../async/deferred.ts';
import { Pool } from '../../flow/pool/pool.ts';
import type { Isolation } from '../../options/pool-options.ts';
import type { OnJob } from '../engine/job.ts';
import { WatchedWorker } from '../engine/watched-worker.ts';
import type { Blobs } from '../message/blobs.ts';
import { nameJobQueue, signWith, type Signer } from '../message/signer.ts';
import type { Broker } from '../store/broker.ts';
import { insist } from '../store/insist.ts';
import { openCheckedBroker } from '../connect/open-broker.ts';
import { NodeReport } from '../status/node-report.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import { ChunkRunner } from './chunk-runner.ts';
import { ChunkServer } from './chunk-server.ts';
import type { NodeChunk } from './node-chunk.ts';
import { Suspects } from './suspects.ts';

/** Milliseconds between two signs of life. */
const HEARTBEAT = 5000;
/** Milliseconds for which a broker that cannot be reached is waited for; what a node has stays good that long. */
const PATIENCE = 10 * 60_000;

/** Milliseconds that a sign of life, with what goes with it, may take. */
const LOOK = 30_000;
/** Milliseconds for which it is tried to say that the node leaves. */
const FAREWELL = 1000;

/** Terms of a node, with all defaults. */
export interface NodeTerms {
  readonly connection: string;
  readonly queue: string;
  readonly tasks: TaskRegistry;
  /** Signs what travels, where there is a secret. */
  readonly signer: Signer | undefined;
  /** Place for large messages. */
  readonly blobs: Blobs | undefined;
  /** Threads, or processes. `undefined` for one on each core. */
  readonly workers: number | undefined;
  readonly isolate: Isolation | undefined;
  readonly memory: number | undefined;
  /** Most chunks that the node runs at once. */
  readonly slots: number;
  /** Milliseconds after which the chunks of a node that says nothing go to another. */
  readonly lock: number | undefined;
}

/** One program that runs chunks of a queue: takes jobs, and commits outcomes. */
export class ClusterNode {
  readonly id: string = randomUUID();
  /** Report of the node, which callers and operators read. */
  readonly report: NodeReport;
  readonly #terms: NodeTerms;
  readonly #broker: Broker;
  readonly #pool: Pool;
  readonly #runner: ChunkRunner;
  readonly #suspects: Suspects;
  readonly #workers: WatchedWorker[] = [];
  #heartbeat: NodeJS.Timeout | undefined;
  #isTending = false;
  #closed: Promise<void> | undefined;

  private constructor(terms: NodeTerms, broker: Broker, pool: Pool) {
    this.#terms = terms;
    this.#broker = broker;
    this.#pool = pool;
    this.#runner = new ChunkRunner(pool.workers, async (run, number) => {
      const outstanding = await this.#insist(() => broker.runs.findOutstanding(run, [number]));
      return outstanding.has(number);
    });
    this.report = new NodeReport(
      { ...terms, id: this.id, threads: pool.workers, key: terms.signer?.key },
      broker.registry,
    );
    const note = async ({ run, number }: NodeChunk, part: Buffer): Promise<void> =>
      await this.#insist(() =>
        broker.runs.note(run, number, signWith(terms.signer, part, 'part', run, number)),
      );
    this.#suspects = new Suspects(
      { runner: this.#runner, note },
      { workers: pool.workers, memory: terms.memory },
    );
  }

  /** Starts a node. Resolves once it takes chunks. Rejects with a ClusterError where the broker cannot be used. */
  static async start(terms: NodeTerms): Promise<ClusterNode> {
    const { connection, queue, workers, isolate, memory } = terms;
    // The pool checks its options before anything is opened.
    const pool = new Pool({ workers, isolate, memory });
    const broker = await openCheckedBroker(connection, queue);
    const node = new ClusterNode(terms, broker, pool);
    try {
      await node.#open();
      return node;
    } catch (thrown) {
      await node.close(true);
      throw thrown;
    }
  }

  /**
   * Takes no more chunks, commits what it has of those that run, gives the rest back, and ends. With `force` it ends at
   * once: others run what it had.
   */
  async close(force = false): Promise<void> {
    this.#closed ??= this.#close(force);
    await this.#closed;
  }

  async #open(): Promise<void> {
    const { connection, queue, tasks, slots, lock, signer } = this.#terms;
    await this.#insist(() => this.#broker.news.onEnd((run) => this.#runner.cancel(run)));
    const parts = {
      node: this.id,
      queue,
      tasks,
      runs: this.#broker.runs,
      pool: this.#pool,
      runner: this.#runner,
      suspects: this.#suspects,
      signer,
      blobs: this.#terms.blobs,
      insist: <R>(step: () => Promise<R>, isLarge?: boolean): Promise<R> => this.#insist(step, isLarge),
    };
    for (const version of tasks.versions) {
      const server = new ChunkServer(parts, version, this.report.countsOf(version));
      const jobQueue = nameJobQueue(version, signer?.key);
      const terms = { connection, queue, version: jobQueue, slots, lock };
      const onJob: OnJob = (job) => server.serve(job.data);
      const worker = await this.#insist(() => WatchedWorker.open({ ...terms, onJob }));
      this.#workers.push(worker);
    }
    await this.#insist(() => this.report.announce());
    this.#heartbeat = setInterval(() => void this.#tend(), HEARTBEAT);
  }

  /**
   * Says that the node is there, sees that it gets chunks, and ends those that nobody waits for any more: news of an end may
   * be lost. There is one look at a time, since each waits for the broker.
   */
  async #tend(): Promise<void> {
    if (this.#isTending) return;
    this.#isTending = true;
    const terms = { limit: LOOK, onSilence: (silence: number): boolean => this.#broker.reset(silence) };
    try {
      await insist(() => this.report.announce(), terms);
      await Promise.all(this.#workers.map((worker) => worker.tend()));
      for (const { run, number, cancel } of this.#runner.running) {
        const outstanding = await insist(() => this.#broker.runs.findOutstanding(run, [number]), terms);
        if (!outstanding.has(number)) cancel();
      }
    } catch {
      // A look that failed is made up for by the next.
    } finally {
      this.#isTending = false;
    }
  }

  /** Whether the node takes chunks, and the broker has heard of it lately. */
  get isHealthy(): boolean {
    return this.#closed === undefined && this.report.silence < 3 * HEARTBEAT;
  }

  async #close(force: boolean): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#runner.drain();
    await Promise.all(this.#workers.map((worker) => worker.close(force)));
    await raceTime(this.report.leave(), FAREWELL);
    await Promise.all([this.#pool.close({ force }), this.#suspects.close(force)]);
    await this.report.close();
    await this.#broker.close();
  }

  async #insist<R>(step: () => Promise<R>, isLarge = false): Promise<R> {
    return await insist(step, {
      limit: PATIENCE,
      isLarge,
      onSilence: (silence: number): boolean => this.#broker.reset(silence),
    });
  }
}
