import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { raceTime } from '../../async/deferred.ts';
import { enterPool, Pool } from '../../flow/pool/pool.ts';
import type { Isolation } from '../../options/pool-options.ts';
import { ClusterError } from '../cluster-error.ts';
import { type JobReport, JobWorker } from '../engine.ts';
import {
  type ChunkMeta,
  type ChunkOutput,
  listNeeds,
  type NodeInfo,
  readHead,
  readMeta,
  type RunHead,
} from '../message/messages.ts';
import type { Broker } from '../store/broker.ts';
import { insist } from '../store/insist.ts';
import { openCheckedBroker } from '../connect/open-broker.ts';
import type { Begun } from '../store/store.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import { ChunkRunner } from './chunk-runner.ts';
import { countFailed, type NodeChunk, readChunk, sealOutput, sealRefusal } from './node-chunk.ts';
import { Suspects } from './suspects.ts';

/** Milliseconds between two signs of life. */
const HEARTBEAT = 5000;
/** Milliseconds for which a broker that cannot be reached is waited for; what a node has stays good that long. */
const PATIENCE = 10 * 60_000;

/** Milliseconds for which it is tried to say that the node leaves. */
const FAREWELL = 1000;

/** Terms of a node, with all defaults. */
export interface NodeTerms {
  readonly connection: string;
  readonly queue: string;
  readonly tasks: TaskRegistry;
  /** Threads, or processes. `undefined` for one on each core. */
  readonly workers: number | undefined;
  readonly isolate: Isolation | undefined;
  readonly memory: number | undefined;
  /** Chunks at once. */
  readonly slots: number;
  /** Milliseconds after which the chunks of a node that says nothing go to another. */
  readonly lock: number | undefined;
}

/** One program that runs chunks of a queue: takes jobs, and commits outcomes. */
export class ClusterNode {
  readonly id: string = randomUUID();
  readonly #terms: NodeTerms;
  readonly #broker: Broker;
  readonly #pool: Pool;
  readonly #runner: ChunkRunner;
  readonly #suspects: Suspects;
  readonly #workers: JobWorker[] = [];
  #heartbeat: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  private constructor(terms: NodeTerms, broker: Broker, pool: Pool) {
    this.#terms = terms;
    this.#broker = broker;
    this.#pool = pool;
    this.#runner = new ChunkRunner(pool.workers);
    const note = async ({ run, number }: NodeChunk, part: Buffer): Promise<void> =>
      await this.#insist(() => broker.runs.note(run, number, part));
    this.#suspects = new Suspects(
      { runner: this.#runner, note },
      { workers: pool.workers, memory: terms.memory },
    );
  }

  /** Starts a node. Resolves once it takes chunks. Rejects with a ClusterError where the broker cannot be used. */
  static async start(terms: NodeTerms): Promise<ClusterNode> {
    const { connection, queue, workers, isolate, memory } = terms;
    const broker = await openCheckedBroker(connection, queue);
    const node = new ClusterNode(terms, broker, new Pool({ workers, isolate, memory }));
    await node.#open();
    return node;
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
    const { connection, queue, tasks, slots, lock } = this.#terms;
    await this.#broker.news.onEnd((run) => this.#runner.cancel(run));
    for (const version of tasks.versions) {
      const worker = await JobWorker.open(
        connection,
        queue,
        version,
        slots,
        (job) => this.#run(job.data, version),
        lock,
      );
      this.#workers.push(worker);
    }
    await this.#announce();
    this.#heartbeat = setInterval(() => void this.#tend().catch(() => {}), HEARTBEAT);
  }

  /** Says that the node is there, and ends chunks that nobody waits for any more: news of an end may be lost. */
  async #tend(): Promise<void> {
    await this.#announce();
    for (const { run, number, cancel } of this.#runner.running) {
      const outstanding = await this.#broker.runs.findOutstanding(run, [number]);
      if (!outstanding.has(number)) cancel();
    }
  }

  async #announce(): Promise<void> {
    const { tasks, slots } = this.#terms;
    for (const version of tasks.versions) {
      const info: NodeInfo = {
        v: 1,
        id: this.id,
        host: hostname(),
        pid: process.pid,
        version,
        tasks: tasks.listTasks(version),
        threads: this.#pool.workers,
        slots,
        node: process.version,
      };
      await this.#broker.registry.announce(`${this.id}.${version}`, JSON.stringify(info));
    }
  }

  async #run(data: unknown, version: string): Promise<JobReport | 'gone'> {
    const { run, number } = readJob(data);
    const startedAt = performance.now();
    const { runs } = this.#broker;
    const begun = await this.#insist(() => runs.begin(run, number));
    if (begun === undefined) return 'gone';
    const head = readHead(begun.head);
    const meta = readMeta(begun.meta);
    const done = await this.#runChunk({ run, number }, version, begun, head, meta);
    if (done === undefined) return 'gone';
    await this.#insist(() => runs.commit(run, number, done.output));
    const ms = Math.round(performance.now() - startedAt);
    return { items: meta.count, failed: done.failed, ms, node: this.id };
  }

  /** Runs a chunk. What it holds is an outcome in any case: the caller would have a failed job run again for ever. */
  async #runChunk(
    name: { readonly run: string; readonly number: number },
    version: string,
    { input, part, starts }: Begun,
    head: RunHead,
    meta: ChunkMeta,
  ): Promise<{ readonly output: Buffer; readonly failed: number } | undefined> {
    const { count } = meta;
    const definition = head.version === version ? this.#terms.tasks.define(head) : undefined;
    if (definition === undefined) {
      const reason = new ClusterError(
        `This node does not have ${listNeeds(head)
          .map((need) => `${need.task} in version ${need.version}`)
          .join(', ')}.`,
        'refused',
      );
      return { output: sealRefusal('unloadable', count, reason), failed: count };
    }
    let chunk: NodeChunk;
    try {
      chunk = { ...name, definition, head, chunk: readChunk(meta, input) };
    } catch (reason) {
      return { output: sealRefusal('undecodable', count, reason), failed: count };
    }
    const output = starts > 1 ? await this.#suspects.run(chunk, part) : await this.#runHere(chunk);
    return output === undefined ? undefined : { output: sealOutput(output), failed: countFailed(output) };
  }

  async #runHere(chunk: NodeChunk): Promise<ChunkOutput | undefined> {
    const relay = this.#runner.open(chunk);
    const isWanted = await this.#runner.run(chunk, relay, enterPool(this.#pool));
    return isWanted ? relay.record.output : undefined;
  }

  async #close(force: boolean): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#runner.drain();
    await Promise.all(this.#workers.map((worker) => worker.close(force)));
    const left = this.#terms.tasks.versions.map((version) =>
      this.#broker.registry.leave(`${this.id}.${version}`),
    );
    // A broker that cannot be reached finds out by itself.
    await raceTime(Promise.allSettled(left), FAREWELL);
    await Promise.all([this.#pool.close({ force }), this.#suspects.close(force)]);
    await this.#broker.close();
  }

  async #insist<R>(step: () => Promise<R>): Promise<R> {
    return await insist(step, { limit: PATIENCE });
  }
}

/** Reads a job. What is none of Telar's fails, before anything is loaded for it. */
function readJob(data: unknown): { run: string; number: number } {
  const { v, run, number } = Object(data) as { v?: unknown; run?: unknown; number?: unknown };
  const isRun = typeof run === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(run);
  if (v !== 1 || !isRun || !Number.isSafeInteger(number)) {
    throw new ClusterError('The job was not made by Telar.', 'refused');
  }
  return { run, number: number as number };
}
