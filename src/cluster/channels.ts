import { channel } from 'node:diagnostics_channel';

/** A chunk at a node. */
export interface ChunkEvent {
  readonly queue: string;
  readonly run: string;
  /** Number of the chunk in its run. */
  readonly chunk: number;
  readonly task: string;
  readonly version: string;
  readonly items: number;
  /** Number of starts of the chunk without a commit, this one included. */
  readonly starts: number;
  readonly node: string;
}

/** A chunk whose outcomes a node had: they were committed, or dropped since another node's were. */
export interface CommitEvent extends ChunkEvent {
  readonly failed: number;
  readonly ms: number;
}

/** Chunks that a caller has put into the broker, or asked for, once more. */
export interface HealEvent {
  readonly queue: string;
  readonly run: string;
  readonly chunks: readonly number[];
  /** Kind of the loss: the chunks in the store; the jobs that lead to a node; or all of the run. */
  readonly lost: 'chunk' | 'job' | 'run';
}

/*
 * Channels of node:diagnostics_channel: `begin`, `commit`, `dropped` and `suspect` speak in the program of the node, `heal`
 * in that of the caller, once for each chunk or less. Without a subscriber they cost nothing.
 */
const begin = channel('telar:cluster:begin');
const commit = channel('telar:cluster:commit');
const dropped = channel('telar:cluster:dropped');
const suspect = channel('telar:cluster:suspect');
const heal = channel('telar:cluster:heal');

export function tellBegin(event: ChunkEvent): void {
  if (begin.hasSubscribers) begin.publish(event);
  if (event.starts > 1 && suspect.hasSubscribers) suspect.publish(event);
}

export function tellCommit(event: CommitEvent, isFirst: boolean): void {
  const where = isFirst ? commit : dropped;
  if (where.hasSubscribers) where.publish(event);
}

export function tellHeal(event: HealEvent): void {
  if (event.chunks.length > 0 && heal.hasSubscribers) heal.publish(event);
}
