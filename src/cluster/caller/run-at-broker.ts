import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../cluster-error.ts';
import type { JobQueue } from '../engine.ts';
import { tellHeal } from '../channels.ts';
import type { RunHead, RunInfo } from '../message/messages.ts';
import type { Broker } from '../store/broker.ts';
import { insist } from '../store/insist.ts';
import { KEEP_UNNAMED, type Lease, RENEWAL } from '../store/store.ts';
import type { Hub } from './hub.ts';
import type { Capacity, NodesView } from './nodes-view.ts';
import { Parcels } from './chunk/parcels.ts';
import type { Outstanding, OutstandingChunk } from './chunk/outstanding.ts';

/** Milliseconds for which the end of a run is tried to be said. */
const FAREWELL = 2000;
/** Milliseconds between two looks for a node, while none is there. */
const LOOK = 200;

/** The caller, its machine and process. */
const CALLER = `${hostname()}:${process.pid}`;

/**
 * State of a run at the broker, as its caller holds it: the caller, not the broker, is the truth of what is left to do.
 */
export class RunAtBroker {
  readonly #id: string;
  readonly #hub: Hub;
  readonly #head: RunHead;
  readonly #outstanding: Outstanding;
  readonly #isOver: () => boolean;
  readonly #parcels: Parcels;
  readonly #broker: Broker;
  readonly #nodes: NodesView;
  readonly #jobs: JobQueue;
  #lease: Lease = { epoch: 0, caller: CALLER, keep: KEEP_UNNAMED };
  #renewedAt = performance.now();

  private constructor(terms: RunTerms, broker: Broker, nodes: NodesView, jobs: JobQueue) {
    this.#id = terms.id;
    this.#hub = terms.hub;
    this.#head = terms.head;
    this.#outstanding = terms.outstanding;
    this.#isOver = terms.isOver;
    const { signer, blobs } = terms.hub.terms;
    this.#parcels = new Parcels({ run: terms.id, head: JSON.stringify(terms.head), signer, blobs });
    this.#broker = broker;
    this.#nodes = nodes;
    this.#jobs = jobs;
  }

  /**
   * Opens a run, once a node is there that has its task.
   *
   * @param onNews - Called when chunks were committed. Some calls are lost.
   */
  static async open(terms: RunTerms, onNews: () => void): Promise<RunAtBroker> {
    const { broker, nodes } = await terms.hub.connect();
    const jobs = await terms.hub.openQueue(terms.head.version);
    const run = new RunAtBroker(terms, broker, nodes, jobs);
    await run.awaitNodes();
    await run.#insist(() => broker.news.onCommit(terms.id, onNews));
    await run.#takeLease();
    return run;
  }

  /** What the nodes can do that have the task. */
  get capacity(): Capacity {
    return this.#nodes.measure(this.#head);
  }

  /** Waits for a node that has the task. Rejects with a ClusterError when none comes in time. */
  async awaitNodes(): Promise<void> {
    const { waitForNodes, queue } = this.#hub.terms;
    const until = performance.now() + waitForNodes;
    for (let isFirst = true; ; isFirst = false) {
      const isKnown = this.capacity.nodes > 0;
      // oxlint-disable-next-line no-await-in-loop -- nodes come with time.
      await this.#insist(() => this.#nodes.refresh(isKnown && isFirst ? undefined : LOOK / 2));
      if (this.capacity.nodes > 0 || this.#isOver()) return;
      const left = until - performance.now();
      if (left <= 0) throw this.#nodes.explain(this.#head, queue);
      // oxlint-disable-next-line no-await-in-loop -- as above.
      await sleep(Math.min(LOOK, left));
    }
  }

  /** Puts chunks into the store, and only then asks for nodes. */
  async send(batch: readonly OutstandingChunk[]): Promise<void> {
    const packing = batch.map(async ({ number, meta, input }) => {
      return { number, meta, input: await this.#parcels.pack(number, meta, input) };
    });
    const chunks = await Promise.all(packing);
    const state = await this.#insist(() => this.#broker.runs.put(this.#id, this.#lease, chunks));
    if (state === 'superseded') throw this.#supersede();
    if (state === 'gone') await this.#restore();
    else await this.ask(batch);
  }

  /** Asks for a node for each chunk that is still outstanding. */
  async ask(batch: readonly OutstandingChunk[]): Promise<void> {
    const wanted = batch.filter(({ number }) => this.#outstanding.get(number) !== undefined);
    if (wanted.length === 0 || this.#isOver()) return;
    for (const chunk of wanted) chunk.tries++;
    const jobs = wanted.map((chunk) => {
      const { number, input } = chunk;
      const items = chunk.chunk.items.length;
      const data = { v: 1, run: this.#id, number, items, bytes: input.length, from: CALLER } as const;
      return { id: this.#nameJob(chunk), name: this.#head.task, data };
    });
    await this.#insist(() => this.#jobs.add(jobs));
  }

  /** Returns the outcomes that are there, by the numbers of their chunks. */
  async fetch(): Promise<Map<number, Buffer>> {
    const { numbers } = this.#outstanding;
    if (numbers.length === 0) return new Map();
    const outputs = await this.#insist(() => this.#broker.runs.take(this.#id, numbers));
    for (const [number, output] of outputs)
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that large ones do not add up.
      outputs.set(number, await this.#parcels.unpack(number, output));
    return outputs;
  }

  /** Deletes what the caller has. */
  async drop(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    await this.#insist(() => this.#broker.runs.drop(this.#id, numbers));
    await this.#parcels.drop(numbers);
  }

  /** Holds the run for some more time. */
  async renew(): Promise<void> {
    if (performance.now() - this.#renewedAt < RENEWAL) return;
    this.#renewedAt = performance.now();
    const state = await this.#insist(() => this.#broker.runs.renew(this.#id, this.#lease));
    if (state === 'superseded') throw this.#supersede();
    if (state === 'gone') await this.#restore();
    const { task, version } = this.#head;
    const { facts, items: outstanding } = this.#outstanding;
    const { suspects, healed } = facts.counts;
    const { items, since } = facts;
    const told = { task, version, caller: CALLER, items, outstanding, suspects, healed, since };
    const info: RunInfo = { v: 1, run: this.#id, ...told, seen: Date.now() };
    // It is told to people only.
    this.#broker.registry.announce(`run.${this.#id}`, JSON.stringify(info)).catch(() => {});
  }

  /** Finds the chunks that the store does not know, and those that no job leads to a node. */
  async findLost(
    chunks: readonly OutstandingChunk[],
  ): Promise<{ readonly unknown: OutstandingChunk[]; readonly unserved: OutstandingChunk[] }> {
    const numbers = chunks.map(({ number }) => number);
    const known = await this.#insist(() => this.#broker.runs.findOutstanding(this.#id, numbers));
    const ids = chunks.map((chunk) => this.#nameJob(chunk));
    const lost = new Set(await this.#insist(() => this.#jobs.findLost(ids)));
    return {
      unknown: chunks.filter(({ number }) => !known.has(number)),
      unserved: chunks.filter((chunk) => known.has(chunk.number) && lost.has(this.#nameJob(chunk))),
    };
  }

  /** Deletes all that there is of the run. Never rejects: a broker that cannot be reached forgets it by itself. */
  async end(): Promise<void> {
    const say = async (): Promise<void> => {
      await this.#broker.runs.end(this.#id, this.#lease.epoch);
      await this.#broker.registry.leave(`run.${this.#id}`);
      await this.#broker.news.offCommit(this.#id);
    };
    await insist(say, { limit: FAREWELL }).catch(() => {});
    await this.#parcels.end();
  }

  async #takeLease(): Promise<void> {
    const { caller, keep } = this.#lease;
    const terms = { caller, keep, head: JSON.stringify(this.#head) };
    const answer = await this.#insist(() => this.#broker.runs.open(this.#id, terms));
    if (answer.kind === 'mismatch') {
      throw new ClusterError(`The run '${this.#id}' is there, with another task or version.`, 'mismatch');
    }
    if (answer.kind === 'in-use') {
      throw new ClusterError(`The run '${this.#id}' is held by ${answer.caller}.`, 'in-use');
    }
    this.#lease = { ...this.#lease, epoch: answer.epoch };
    this.#outstanding.startAt(answer.next);
  }

  /** Puts all chunks into a broker that knows nothing of the run any more. */
  async #restore(): Promise<void> {
    if (this.#isOver()) return;
    await this.#takeLease();
    const chunks = this.#outstanding.listSilent(Infinity);
    this.#outstanding.facts.healed += chunks.length;
    const numbers = chunks.map(({ number }) => number);
    tellHeal({ queue: this.#hub.terms.queue, run: this.#id, chunks: numbers, lost: 'run' });
    if (chunks.length > 0) await this.send(chunks);
  }

  /** Names the newest job of a chunk. No name comes twice, nor in a run that bears the same name later. */
  #nameJob({ number, tries }: OutstandingChunk): string {
    return `${this.#id}.${number}.${this.#lease.epoch.toString(36)}-${tries}`;
  }

  async #insist<R>(step: () => Promise<R>): Promise<R> {
    return await insist(step, { limit: this.#hub.terms.brokerTimeout, isOver: this.#isOver });
  }

  #supersede(): ClusterError {
    return new ClusterError(`Another caller has taken the run '${this.#id}' over.`, 'superseded');
  }
}

/** Terms that a run is opened with. */
export interface RunTerms {
  readonly id: string;
  readonly hub: Hub;
  readonly head: RunHead;
  readonly outstanding: Outstanding;
  /** Tells whether the run has ended here. */
  readonly isOver: () => boolean;
}
