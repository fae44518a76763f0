import { JobQueue } from '../engine/job-queue.ts';
import { ClusterError } from '../cluster-error.ts';
import type { Broker } from '../store/broker.ts';
import { openCheckedBroker } from '../connect/open-broker.ts';
import type { NodeInfo } from '../message/messages.ts';
import type { Blobs } from '../message/blobs.ts';
import { nameJobQueue, type Signer } from '../message/signer.ts';
import { NodesView } from './nodes-view.ts';

/** Terms of a cluster, with all defaults. */
export interface HubTerms {
  readonly connection: string;
  readonly queue: string;
  readonly build: string | undefined;
  readonly waitForNodes: number;
  readonly brokerTimeout: number;
  readonly maxBytes: number;
  /** Signs what travels, where there is a secret. */
  readonly signer: Signer | undefined;
  /** Place for large messages. */
  readonly blobs: Blobs | undefined;
}

/**
 * Parts that all runs of a cluster have in common: connections, made at the first run, and the nodes that are there.
 */
export class Hub {
  readonly terms: HubTerms;
  readonly #queues = new Map<string, Promise<JobQueue>>();
  #broker: Promise<{ readonly broker: Broker; readonly nodes: NodesView }> | undefined;
  #nodes: NodesView | undefined;

  constructor(terms: HubTerms) {
    this.terms = terms;
  }

  /** Threads of all nodes that were there at the last look. */
  get threads(): number {
    return this.#nodes?.threads ?? 0;
  }

  /** The nodes that were there at the last look, which is made anew behind the back of whoever asks. */
  get nodes(): readonly NodeInfo[] {
    this.#nodes?.refresh().catch(() => {});
    return this.#nodes?.nodes ?? [];
  }

  /** Median of the threads of a node. */
  get perNode(): number {
    return this.#nodes?.perNode ?? 1;
  }

  /** Connects, unless that was done. A failure is not kept: the next run tries again. */
  async connect(): Promise<{ readonly broker: Broker; readonly nodes: NodesView }> {
    this.#broker ??= this.#connect();
    try {
      return await this.#broker;
    } catch (thrown) {
      this.#broker = undefined;
      // Several runs may wait for this, each of which gives its error the place of its own call.
      if (!(thrown instanceof ClusterError)) throw thrown;
      const { message, reason, cause } = thrown;
      throw new ClusterError(message, reason, cause === undefined ? undefined : { cause });
    }
  }

  /** Opens the jobs of a version. */
  async openQueue(version: string): Promise<JobQueue> {
    let queue = this.#queues.get(version);
    if (queue === undefined) {
      const { connection, signer } = this.terms;
      queue = JobQueue.open(connection, this.terms.queue, nameJobQueue(version, signer?.key));
      this.#queues.set(version, queue);
      queue.catch(() => this.#queues.delete(version));
    }
    return await queue;
  }

  async close(): Promise<void> {
    const queues = await Promise.allSettled(this.#queues.values());
    this.#queues.clear();
    for (const queue of queues) if (queue.status === 'fulfilled') await queue.value.close().catch(() => {});
    const opened = await this.#broker?.catch(() => undefined);
    await opened?.broker.close();
  }

  async #connect(): Promise<{ readonly broker: Broker; readonly nodes: NodesView }> {
    const { connection, queue, waitForNodes } = this.terms;
    const broker = await openCheckedBroker(connection, queue, waitForNodes);
    const nodes = new NodesView(broker.registry);
    this.#nodes = nodes;
    return { broker, nodes };
  }
}
