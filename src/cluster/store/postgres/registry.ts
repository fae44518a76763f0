import type { Registry, RunState } from '../broker.ts';
import { endChannel } from './notify.ts';
import { NODE_LIFE } from '../store.ts';
import type { Connections } from './connections.ts';

/** Milliseconds between two sweeps, whichever node does them, and between two tries of a node. */
const SWEEP = 5000;
/** Most runs of one sweep: they may have many chunks. */
const SWEPT_MOST = 100;

const ANNOUNCE = `
  INSERT INTO telar.node (queue, id, info, seen) VALUES ($1, $2, $3, clock_timestamp())
  ON CONFLICT (queue, id) DO UPDATE SET info = excluded.info, seen = excluded.seen`;

const LEAVE = 'DELETE FROM telar.node WHERE queue = $1 AND id = $2';

const LIST_NODES = `
  SELECT info FROM telar.node
  WHERE queue = $1 AND seen > clock_timestamp() - $2::float8 * interval '1 millisecond' ORDER BY id`;

const LIST_QUEUES = `
  SELECT queue FROM telar.node WHERE seen > clock_timestamp() - $1::float8 * interval '1 millisecond'
  UNION SELECT queue FROM telar.run WHERE life_until > clock_timestamp()`;

const LIST_RUNS = `
  SELECT r.id, r.head, CASE WHEN r.lease_until > clock_timestamp() THEN r.caller END AS caller,
    count(c.input) AS outstanding, count(c.output) AS done
  FROM telar.run AS r LEFT JOIN telar.chunk AS c ON c.run = r.key
  WHERE r.queue = $1 AND r.life_until > clock_timestamp() GROUP BY r.key ORDER BY r.id`;

/**
 * Deletes what is past its time, in all queues. Nodes take turns, and none waits for another, nor for a run that somebody
 * holds: one row says when it was last done, and is skipped while another does it. An advisory lock would do the same with
 * a number that another program may use as well.
 */
const SWEEP_ALL = `
  WITH turn AS (
    UPDATE telar.state SET swept = clock_timestamp() WHERE one IN (
      SELECT one FROM telar.state WHERE swept < clock_timestamp() - $1::float8 * interval '1 millisecond'
      FOR UPDATE SKIP LOCKED)
    RETURNING 1
  ), nodes AS (
    DELETE FROM telar.node WHERE EXISTS (SELECT FROM turn)
      AND seen < clock_timestamp() - $2::float8 * interval '1 millisecond'
  )
  DELETE FROM telar.run WHERE key IN (
    SELECT key FROM telar.run WHERE EXISTS (SELECT FROM turn) AND life_until < clock_timestamp()
    LIMIT ${SWEPT_MOST} FOR UPDATE SKIP LOCKED)`;

/** Deletes a run, whoever holds it, and says so: queue, id, channel. */
const FORGET = `
  WITH gone AS (
    DELETE FROM telar.run WHERE queue = $1 AND id = $2 AND life_until > clock_timestamp() RETURNING id)
  SELECT pg_notify($3, id) FROM gone`;

/** Nodes and runs on a PostgreSQL server. */
export class PostgresRegistry implements Registry {
  readonly #connections: Connections;
  readonly #queue: string;
  #sweptAt = -Infinity;

  constructor(connections: Connections, queue: string) {
    this.#connections = connections;
    this.#queue = queue;
  }

  async announce(node: string, info: string): Promise<void> {
    await this.#connections.query(ANNOUNCE, [this.#queue, node, info]);
    const now = performance.now();
    if (now - this.#sweptAt < SWEEP) return;
    this.#sweptAt = now;
    await this.#connections.query(SWEEP_ALL, [SWEEP, NODE_LIFE]);
  }

  async leave(node: string): Promise<void> {
    await this.#connections.query(LEAVE, [this.#queue, node]);
  }

  async listNodes(): Promise<string[]> {
    const rows = await this.#connections.query(LIST_NODES, [this.#queue, NODE_LIFE]);
    return rows.map(({ info }) => info as string);
  }

  async listQueues(): Promise<string[]> {
    const rows = await this.#connections.query(LIST_QUEUES, [NODE_LIFE]);
    return rows.map(({ queue }) => queue as string);
  }

  async listRuns(): Promise<RunState[]> {
    const rows = await this.#connections.query(LIST_RUNS, [this.#queue]);
    return rows.map(({ id, head, caller, outstanding, done }) => ({
      run: id as string,
      head: head as string,
      caller: (caller as string | null) ?? undefined,
      outstanding: Number(outstanding),
      done: Number(done),
    }));
  }

  async forget(run: string): Promise<boolean> {
    const rows = await this.#connections.query(FORGET, [this.#queue, run, endChannel(this.#queue)]);
    return rows.length > 0;
  }
}
