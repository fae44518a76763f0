import { ClusterError } from '../cluster-error.ts';
import type { NodeInfo } from '../message/messages.ts';
import type { Hub, HubTerms } from './hub.ts';

/** Milliseconds for which a broker is waited for while there are others, and for which one that could not be used comes last. */
const PATIENCE = 30_000;

/** Opens a run at a broker, for which it waits so many ms. */
type OpenAt<R> = (hub: Hub, patience: number) => Promise<R>;

/** Broker of one call, or one of several. */
export interface Place {
  /** Terms of the cluster, which are those of all of its brokers but for the connection. */
  readonly terms: HubTerms;
  /** Connects, while the task is looked up. Who needs it hears of a failure. */
  connect(): void;
  /** Opens a run at the first broker that can be used. Rejects with what the last of them has said. */
  open<R>(open: OpenAt<R>): Promise<R>;
}

/** The brokers of a cluster. Each call has one of them: a named one always the same, the others in turns. */
export class Shards {
  readonly #hubs: readonly Hub[];
  readonly #failedAt = new Map<Hub, number>();
  #turn = 0;

  constructor(hubs: readonly Hub[]) {
    this.#hubs = hubs;
  }

  /** Threads of all nodes that were there at the last look. A node has one broker. */
  get threads(): number {
    return this.#hubs.reduce((sum, { threads }) => sum + threads, 0);
  }

  /** The nodes that were there at the last look. */
  get nodes(): readonly NodeInfo[] {
    return this.#hubs.flatMap(({ nodes }) => nodes);
  }

  /** The largest of the medians of the threads of a node. */
  get perNode(): number {
    return Math.max(...this.#hubs.map(({ perNode }) => perNode));
  }

  /** Chooses the broker of a call, and those that are tried where it cannot be used. */
  placeFor(name: string | undefined): Place {
    const hubs = this.#listFor(name);
    return {
      terms: hubs[0].terms,
      connect: () => void hubs[0].connect().catch(() => {}),
      open: (open) => this.#open(hubs, open),
    };
  }

  #listFor(name: string | undefined): readonly [Hub, ...Hub[]] {
    const { length } = this.#hubs;
    const first = name === undefined ? this.#turn++ : hash(name);
    const [hub, ...others] = this.#hubs.map((_, at) => this.#hubs[(first + at) % length] as Hub);
    if (name !== undefined) return [hub as Hub];
    const until = performance.now() - PATIENCE;
    const hasFailed = (each: Hub): number => ((this.#failedAt.get(each) ?? -Infinity) > until ? 1 : 0);
    return [hub as Hub, ...others].toSorted((a, b) => hasFailed(a) - hasFailed(b)) as [Hub, ...Hub[]];
  }

  async #open<R>(hubs: readonly Hub[], open: OpenAt<R>): Promise<R> {
    for (const [at, hub] of hubs.entries()) {
      const isLast = at === hubs.length - 1;
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next is tried where this one cannot be used.
        return await open(hub, isLast ? Infinity : PATIENCE);
      } catch (thrown) {
        const isUnusable = thrown instanceof ClusterError && /^(broker|no-node)$/.test(thrown.reason);
        if (isUnusable) this.#failedAt.set(hub, performance.now());
        if (isLast || !isUnusable) throw thrown;
      }
    }
    throw new Error('A cluster has a broker.');
  }

  async close(): Promise<void> {
    await Promise.all(this.#hubs.map((hub) => hub.close()));
  }
}

/** Makes a number of a name, the same in each program. */
function hash(name: string): number {
  let state = 0;
  for (let at = 0; at < name.length; at++) state = (Math.imul(state, 31) + name.charCodeAt(at)) >>> 0;
  return state;
}
