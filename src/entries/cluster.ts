/**
 * Calls on the cores of many machines, by way of a Redis, Valkey or PostgreSQL server.
 *
 * @experimental
 */
export { Cluster, type ClusterOptions } from '../cluster/caller/cluster.ts';
export type { Blobs } from '../cluster/message/blobs.ts';
export type { ClusterStats, NodeStats } from '../cluster/caller/describe-nodes.ts';
export { ClusterError, type ClusterProblem } from '../cluster/cluster-error.ts';
