import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PREFIX } from '../store.ts';
import type { Connections } from './connections.ts';

/** Returns the channel on which commits of a run are said. */
export function commitChannel(queue: string, run: string): string {
  return `${PREFIX}_commit_${digest([queue, run])}`;
}

/** Returns the channel on which the ends of all runs of a queue are said. */
export function endChannel(queue: string): string {
  return `${PREFIX}_end_${digest([queue])}`;
}

/** Names of channels have at most 63 bytes, and those of queues and runs together more. */
function digest(names: readonly string[]): string {
  return createHash('sha256').update(names.join('\0')).digest('hex').slice(0, 32);
}

/**
 * Milliseconds between two statements that tell of commits. A transaction that notifies takes a lock of the whole database
 * until it has ended, so one tells of all that were committed since the last.
 */
const PAUSE = 10;

const NOTIFY = 'SELECT pg_notify(channel, run) FROM unnest($1::text[], $2::text[]) AS said(channel, run)';

/** Tells callers that chunks of their runs were committed: the first at once. */
export class CommitNews {
  readonly #connections: Pick<Connections, 'query' | 'closed'>;
  readonly #queue: string;
  readonly #runs = new Set<string>();
  #isSaying = false;

  constructor(connections: Pick<Connections, 'query' | 'closed'>, queue: string) {
    this.#connections = connections;
    this.#queue = queue;
  }

  say(run: string): void {
    this.#runs.add(run);
    if (!this.#isSaying) void this.#sayAll();
  }

  async #sayAll(): Promise<void> {
    const { closed } = this.#connections;
    this.#isSaying = true;
    while (this.#runs.size > 0 && !closed.aborted) {
      const runs = [...this.#runs];
      this.#runs.clear();
      const channels = runs.map((run) => commitChannel(this.#queue, run));
      // A hint that is lost is no loss: callers look by themselves as well.
      // oxlint-disable-next-line no-await-in-loop -- one at a time is the purpose.
      await this.#connections.query(NOTIFY, [channels, runs]).catch(() => {});
      // oxlint-disable-next-line no-await-in-loop -- the pause lies between two statements.
      await sleep(PAUSE, undefined, { signal: closed }).catch(() => {});
    }
    this.#isSaying = false;
  }
}
