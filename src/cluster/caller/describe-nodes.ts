import type { PoolStats } from '../../options/worker-pool.ts';
import type { NodeInfo } from '../message/messages.ts';

/** One node of a cluster, for one version of its tasks, as it said last. */
export interface NodeStats {
  readonly id: string;
  /** Name of the machine, and number of the process on it. */
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly threads: number;
  /** Number of chunks that the node takes at once. */
  readonly slots: number;
  readonly state: 'idle' | 'busy';
  /** Times of the node's start, and of its last report, in ms since 1970 by the node's clock. */
  readonly since: number;
  readonly seen: number;
  /** Numbers of items that the node has run for all callers, and of those that failed. */
  readonly items: number;
  readonly failed: number;
  /** Items a second, over the last seconds. */
  readonly rate: number;
  /** Number of chunks that the node has begun after another had begun them. */
  readonly suspects: number;
  /** Resident memory of the node's program, in bytes. */
  readonly rss: number;
}

/**
 * State of a cluster as this program knows it. `workers` are the nodes, once for each version of their tasks, as they said last:
 * each says it every 5 s, and is looked at while a call runs, or at most 2 s before the question that comes next. `inFlight`
 * are the items of the calls of this program that the broker has, and `queued` those of them beyond what the nodes had
 * begun, for whomever: an estimate.
 *
 * @experimental
 */
export type ClusterStats = PoolStats<NodeStats>;

/** Sums up nodes, and what the calls of this program have there. */
export function describeNodes(
  nodes: readonly NodeInfo[],
  { runs, inFlight }: { readonly runs: number; readonly inFlight: number },
): ClusterStats {
  const begun = nodes.reduce((total, { load }) => total + (load?.inFlight ?? 0), 0);
  const workers = nodes.map(
    ({ id, host, pid, version, threads, slots, since = 0, seen = 0, load }): NodeStats => {
      const { items = 0, failed = 0, rate = 0, suspects = 0, rss = 0, running = 0 } = load ?? {};
      const state = running > 0 ? 'busy' : 'idle';
      return {
        id,
        host,
        pid,
        version,
        threads,
        slots,
        state,
        since,
        seen,
        items,
        failed,
        rate,
        suspects,
        rss,
      };
    },
  );
  return { workers, queued: Math.max(0, inFlight - begun), inFlight, runs };
}
