import { setTimeout as sleep } from 'node:timers/promises';
import type { JobQueue } from '../engine/job-queue.ts';
import type { ClusterError } from '../cluster-error.ts';
import { tellHeal } from '../channels.ts';
import type { Broker } from '../store/broker.ts';
import { insist } from '../store/insist.ts';
import type { Lease } from '../store/store.ts';
import { describeSuperseded } from './named/refusals.ts';
import { CALLER, RunLease } from './named/run-lease.ts';
import { KeptBytes } from './named/kept-bytes.ts';
import { KnownOutcomes } from './named/known-outcomes.ts';
import type { Capacity, NodesView } from './nodes-view.ts';
import { Parcels } from './chunk/parcels.ts';
import type { OutstandingChunk } from './chunk/outstanding.ts';
import { Unread } from './chunk/unread.ts';
import { describeRun, type RunTerms } from './run-terms.ts';

/** Milliseconds between two looks for a node, while none is there. */
const LOOK = 200;

/**
 * State of a run at the broker, as its caller holds it: the caller, not the broker, is the truth of what is left to do.
 */
export class RunAtBroker {
  /** Outcomes that earlier callers of a named run have left. */
  known: KnownOutcomes | undefined;
  readonly #terms: RunTerms;
  readonly #parcels: Parcels;
  readonly #unread: Unread;
  readonly #broker: Broker;
  readonly #nodes: NodesView;
  readonly #jobs: JobQueue;
  readonly #lease: RunLease;
  readonly #kept: KeptBytes | undefined;
  #taking: Promise<unknown> | undefined;
  #isOpen = false;

  private constructor(terms: RunTerms, broker: Broker, nodes: NodesView, jobs: JobQueue) {
    this.#terms = terms;
    const { id, head, hub, isOver } = terms;
    const { signer, blobs, brokerTimeout: patience } = hub.terms;
    this.#parcels = new Parcels({ run: id, head: JSON.stringify(head), signer, blobs, patience, isOver });
    this.#unread = new Unread(patience);
    this.#broker = broker;
    this.#nodes = nodes;
    this.#jobs = jobs;
    this.#kept = terms.name && new KeptBytes(id);
    this.#lease = new RunLease(terms, broker, (step, isOver) => this.#insist(step, false, broker, isOver));
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
    const committed = await run.#take();
    await run.#lease.listen(onNews);
    if (terms.name !== undefined && committed.size > 0) {
      const { keepsFailures } = terms.name;
      const take = (numbers: readonly number[]): Promise<Map<number, Buffer>> => run.#fetch(numbers, true);
      run.known = new KnownOutcomes(committed, { run: terms.id, keepsFailures, take });
    }
    run.#isOpen = true;
    return run;
  }

  /** Capacity of the nodes that have the task. */
  get capacity(): Capacity {
    return this.#nodes.measure(this.#terms.head);
  }

  /** Waits for a node that has the task. Rejects with a ClusterError when none comes in time. */
  async awaitNodes(): Promise<void> {
    const { waitForNodes, queue } = this.#terms.hub.terms;
    const until = performance.now() + waitForNodes;
    for (let isFirst = true; ; isFirst = false) {
      const isKnown = this.capacity.nodes > 0;
      // oxlint-disable-next-line no-await-in-loop -- nodes come with time.
      await this.#insist(() => this.#nodes.refresh(isKnown && isFirst ? undefined : LOOK / 2));
      if (this.capacity.nodes > 0 || this.#terms.isOver()) return;
      const left = until - performance.now();
      if (left <= 0) throw this.#nodes.explain(this.#terms.head, queue);
      // oxlint-disable-next-line no-await-in-loop -- nodes come with time.
      await sleep(Math.min(LOOK, left));
    }
  }

  /** Puts chunks into the store, and only then asks for nodes. */
  async send(batch: readonly OutstandingChunk[]): Promise<void> {
    const packing = batch.map(async ({ number, meta, input }) => {
      return { number, meta, input: await this.#parcels.pack(number, meta, input) };
    });
    const chunks = await Promise.all(packing);
    let held = this.#lease.held;
    const state = await this.#insist(
      () => this.#broker.runs.put(this.#terms.id, (held = this.#lease.held), chunks),
      true,
    );
    if (state === 'held') await this.ask(batch);
    else await this.#regain(state, held);
  }

  /**
   * Asks for a node for each chunk that is still outstanding.
   *
   * @param isAgain - Whether jobs of the chunks are lost. A node fails that of a chunk whose items it does not find in blobs, from
   *   which these may have been deleted: they are put there again.
   */
  async ask(batch: readonly OutstandingChunk[], isAgain = false): Promise<void> {
    if (isAgain) await this.#parcels.stowAgain(batch);
    const wanted = batch.filter(({ number }) => this.#terms.outstanding.get(number) !== undefined);
    if (wanted.length === 0 || this.#terms.isOver()) return;
    for (const chunk of wanted) chunk.tries++;
    const jobs = wanted.map((chunk) => {
      const { number, input } = chunk;
      const items = chunk.chunk.items.length;
      const data = { v: 1, run: this.#terms.id, number, items, bytes: input.length, from: CALLER } as const;
      return { id: this.#nameJob(chunk), name: this.#terms.head.task, data };
    });
    await this.#insist(() => this.#jobs.add(jobs), false, this.#jobs);
  }

  /** Returns the outcomes that are there, by the numbers of their chunks. */
  async fetch(): Promise<Map<number, Buffer>> {
    const { numbers } = this.#terms.outstanding;
    return numbers.length === 0 ? new Map() : await this.#fetch(numbers);
  }

  /** @param mayLack - Whether outcomes are left out whose blobs are gone. */
  async #fetch(numbers: readonly number[], mayLack = false): Promise<Map<number, Buffer>> {
    const outputs = await this.#insist(() => this.#broker.runs.take(this.#terms.id, numbers), true);
    for (const [number, output] of outputs) {
      this.#kept?.add(output.length);
      try {
        // oxlint-disable-next-line no-await-in-loop -- outputs come one after the other, so that large ones do not add up.
        outputs.set(number, await this.#parcels.unpack(number, output));
        this.#unread.forget(number);
      } catch (thrown) {
        if ((thrown as ClusterError).reason === 'refused') throw thrown;
        if (!mayLack) this.#unread.note(number, thrown);
        outputs.delete(number);
      }
    }
    return outputs;
  }

  /** Deletes what the caller has, unless a later one may ask for it. */
  async drop(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    if (this.#terms.name !== undefined) return await this.#parcels.dropInputs(numbers);
    await this.#insist(() => this.#broker.runs.drop(this.#terms.id, numbers));
    await this.#parcels.drop(numbers);
  }

  /** Holds the run for some more time. */
  async renew(): Promise<void> {
    const { held } = this.#lease;
    const state = await this.#lease.renew();
    if (state === undefined) return;
    if (state !== 'held') await this.#regain(state, held);
    const info = describeRun(this.#terms);
    // The news are for people only, so nobody waits for them.
    this.#broker.registry.announce(`run.${this.#terms.id}`, JSON.stringify(info)).catch(() => {});
  }

  /**
   * Finds the chunks that the store does not know, and those that no job leads to a node. Outcomes that are there, in blobs that
   * cannot be read, are waited for at first, and then deleted.
   */
  async findLost(
    chunks: readonly OutstandingChunk[],
  ): Promise<{ readonly unknown: OutstandingChunk[]; readonly unserved: OutstandingChunk[] }> {
    const numbers = chunks.map(({ number }) => number);
    const known = await this.#insist(() => this.#broker.runs.findOutstanding(this.#terms.id, numbers));
    const unknown = chunks.filter(({ number }) => !known.has(number) && !this.#unread.waits(number));
    const unread = unknown.map(({ number }) => number).filter((number) => this.#unread.has(number));
    if (unread.length > 0) await this.#insist(() => this.#broker.runs.drop(this.#terms.id, unread));
    const ids = chunks.map((chunk) => this.#nameJob(chunk));
    const lost = new Set(await this.#insist(() => this.#jobs.findLost(ids), false, this.#jobs));
    return {
      unknown,
      unserved: chunks.filter((chunk) => known.has(chunk.number) && lost.has(this.#nameJob(chunk))),
    };
  }

  /** Deletes all that there is of the run, or lets it go for a later caller. Never rejects. */
  async end(isComplete = true): Promise<void> {
    await (isComplete ? this.#lease.end() : this.#lease.leave());
    await this.#parcels.end(isComplete);
  }

  /** Takes the run, and returns the metadata of what has outcomes. */
  async #take(): Promise<ReadonlyMap<number, string>> {
    const { next, committed } = await this.#lease.take();
    this.#terms.outstanding.startAt(next);
    return committed;
  }

  /**
   * Takes the run again, which the broker does not know any more, and puts all of its chunks there. Several steps may hear of
   * one loss: the first of them does it.
   *
   * @param held - What the broker did not accept.
   */
  async #regain(state: 'gone' | 'superseded', held: Lease): Promise<void> {
    const { id, name, outstanding, isOver, hub } = this.#terms;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the purpose.
    while (this.#taking !== undefined) await this.#taking;
    // Whoever took it meanwhile has put there what was outstanding then, which is all that was refused.
    if (this.#lease.held.epoch !== held.epoch || isOver()) return;
    // A run without a name is known to nobody else: what has taken it over is a question of this caller that came late.
    if (state === 'superseded' && name !== undefined) throw describeSuperseded(id);
    this.#taking = this.#take().finally(() => (this.#taking = undefined));
    await this.#taking;
    const chunks = outstanding.listSilent(Infinity);
    outstanding.facts.healed += chunks.length;
    tellHeal({ queue: hub.terms.queue, run: id, chunks: chunks.map(({ number }) => number), lost: 'run' });
    if (chunks.length > 0) await this.send(chunks);
  }

  /** Names the newest job of a chunk. No name comes twice, nor in a run that bears the same name later. */
  #nameJob({ number, tries }: OutstandingChunk): string {
    return `${this.#terms.id}.${number}.${this.#lease.held.epoch.toString(36)}-${tries}`;
  }

  /** @param of - The connections that the step needs. */
  async #insist<R>(
    step: () => Promise<R>,
    isLarge = false,
    of: { reset(silence: number): boolean } = this.#broker,
    isOver: () => boolean = this.#terms.isOver,
  ): Promise<R> {
    const { hub, patience } = this.#terms;
    const limit = this.#isOpen ? hub.terms.brokerTimeout : Math.min(patience, hub.terms.brokerTimeout);
    const onSilence = (silence: number): boolean => of.reset(silence);
    return await insist(step, { limit, isOver, isLarge, onSilence });
  }
}
