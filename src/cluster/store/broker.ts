import type { RunStore } from './store.ts';

/** One Redis or PostgreSQL server, as Telar uses it beside the queue that BullMQ keeps there. */
export interface Broker {
  readonly runs: RunStore;
  readonly registry: Registry;
  readonly news: News;
  /** Rejects with a ClusterError unless the broker is there and can be trusted with results. */
  check(): Promise<void>;
  /**
   * Makes the connections anew over which nothing comes: what waits there is sent again, or rejects. Returns false where
   * something still crosses over one, which is slow.
   *
   * @param silence - Milliseconds for which an answer was waited for.
   */
  reset(silence: number): boolean;
  /** The last error of a connection that no step was told, where there was one. */
  readonly lastError?: Error | undefined;
  /** Ends all connections. What waits for the broker rejects. */
  close(): Promise<void>;
}

/** The nodes and runs that there are. */
export interface Registry {
  /** Says that a node is there. It is forgotten unless it says so again within `NODE_LIFE`. */
  announce(node: string, info: string): Promise<void>;
  /** Says that a node leaves. */
  leave(node: string): Promise<void>;
  /** Returns what the nodes that are there have said. */
  listNodes(): Promise<string[]>;
  /** Returns the queues in which there are nodes or runs, those of others included, for operators. */
  listQueues(): Promise<string[]>;
  /** Returns the runs that there are, for operators. */
  listRuns(): Promise<RunState[]>;
  /** Deletes all that there is of a run, whoever holds it, and tells nodes. Returns false where there is none. */
  forget(run: string): Promise<boolean>;
}

/** Hints that something has happened at the broker. Some are lost, so nothing may depend on one. */
export interface News {
  /** Hears that chunks of a run were committed. Resolves once it listens. */
  onCommit(run: string, listener: () => void): Promise<void>;
  /** Hears no more of a run. */
  offCommit(run: string): Promise<void>;
  /** Hears of runs that are over. Resolves once it listens. */
  onEnd(listener: (run: string) => void): Promise<void>;
}

/** A run, as operators see it. */
export interface RunState {
  readonly run: string;
  readonly head: string;
  /** Caller that holds the run, if one does. */
  readonly caller: string | undefined;
  readonly outstanding: number;
  readonly done: number;
}
