import type { EncodedFormat } from '../../../bytes/format.ts';
import type { ByteWriter, Checkpoints, SinkRun } from '../../../bytes/sink.ts';
import type { PgClient } from '../connection/connection.ts';
import { Lease } from '../connection/lease.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';
import { beginOnLease } from './begin-on-lease.ts';
import { endCopy, endFailedCopy } from './end-copy.ts';
import type { CopyPlan } from './copy-plan.ts';
import { type Prepare, rollBack } from './copy-transaction.ts';
import { beginTransaction, type RowTransaction } from './row-transaction.ts';

/** Creates the table of how far runs are whose rows were committed. A row goes when its run has come to its end. */
const TABLE = `CREATE TABLE IF NOT EXISTS telar_journal (
  run text NOT NULL, sink text NOT NULL, point text, changed timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, sink))`;

/**
 * Copies rows in several transactions, each of which also says how far the run is: a run that goes on begins behind the
 * rows that are there, whatever its journal has heard of them.
 */
export class ResumedCopy implements ByteWriter, Checkpoints {
  readonly format: EncodedFormat;
  readonly kept: { readonly point: unknown } | undefined;
  readonly #lease: Lease;
  readonly #prepare: Prepare;
  readonly #rejected: RejectedRows | undefined;
  readonly #key: readonly [run: string, sink: string];
  #transaction: RowTransaction | undefined;
  /** End of the work that came last: a write waits for the checkpoint that is being made. */
  #last: Promise<unknown> = Promise.resolve();
  #turns = 0;
  #isOver = false;

  private constructor(lease: Lease, plan: CopyPlan, run: SinkRun, { format, kept }: Opened) {
    this.#lease = lease;
    this.#prepare = plan.prepare(run);
    this.#rejected = plan.rejected;
    this.#key = [run.id, run.place];
    this.format = format;
    this.kept = kept;
  }

  static async open(plan: CopyPlan, run: SinkRun): Promise<ResumedCopy> {
    const { signal } = run;
    const lease = await Lease.open(plan.connection, signal);
    const opening = lease.guard(openRun(lease, plan.prepare(run), run));
    return new ResumedCopy(lease, plan, run, await beginOnLease(lease, opening, signal));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#inTurn(async () => {
      this.#transaction ??= await beginTransaction(this.#lease, this.#prepareLocked, this.#rejected);
      await this.#transaction.write(bytes);
    });
  }

  readonly #prepareLocked: Prepare = async (lease) => {
    if ((await lockRow(lease.client, this.#key)) === undefined) {
      throw new Error('The row of this run is gone from the table telar_journal.');
    }
    const target = await this.#prepare(lease);
    this.#assertGoing();
    return target;
  };

  async checkpoint(point: unknown): Promise<unknown> {
    return await this.#inTurn(async () => {
      const note = async (): Promise<void> => {
        // A note behind the ROLLBACK of an end would stand alone.
        this.#assertGoing();
        const values = [JSON.stringify(point), ...this.#key];
        const set = 'UPDATE telar_journal SET point = $1, changed = now() WHERE run = $2 AND sink = $3';
        const { rowCount } = await this.#lease.guard(this.#lease.client.query(set, values));
        if (rowCount !== 1) throw new Error('The row of this run is gone from the table telar_journal.');
      };
      if (this.#transaction === undefined) await note();
      else await this.#transaction.commit(note);
      this.#transaction = undefined;
      return { isCommitted: true };
    });
  }

  async end(): Promise<void> {
    await this.#last;
    const remove = 'DELETE FROM telar_journal WHERE run = $1 AND sink = $2';
    await this.#lease.guard(this.#lease.client.query(remove, this.#key));
    this.#isOver = true;
    await endCopy(this.#lease, this.#rejected);
  }

  /** Ends the sink, but keeps the row of the run for the one that goes on. */
  async pause(): Promise<void> {
    await this.#last;
    this.#isOver = true;
    await endCopy(this.#lease, this.#rejected);
  }

  /** Ends the sink when the run has failed: rows that were committed stay. */
  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    // The server may let the work wait: for a lock, say.
    if (this.#turns > 0) await this.#lease.interrupt(this.#last);
    const failure = await (this.#transaction?.abort() ?? rollBack(this.#lease));
    await endFailedCopy(this.#lease, this.#rejected, failure);
  }

  async #inTurn<R>(work: () => Promise<R>): Promise<R> {
    this.#turns++;
    const turn = this.#last.then(() => {
      this.#assertGoing();
      return work();
    });
    this.#last = turn.then(
      () => this.#turns--,
      () => this.#turns--,
    );
    return await turn;
  }

  #assertGoing(): void {
    if (this.#isOver) throw new Error('The run is over.');
  }
}

interface Opened {
  readonly format: EncodedFormat;
  /** Point that the last transaction of the run has committed. */
  readonly kept: { readonly point: unknown } | undefined;
}

async function openRun(lease: Lease, prepare: Prepare, run: SinkRun): Promise<Opened> {
  const { client } = lease;
  await createTable(client);
  const key = [run.id, run.place] as const;
  if (run.state === undefined) {
    await client.query('INSERT INTO telar_journal (run, sink) VALUES ($1, $2) ON CONFLICT DO NOTHING', key);
  }
  const row = await lockRow(client, key);
  // Once all was committed and its end noted, the row has gone.
  if (row === undefined && !run.isEnded) {
    throw new Error(
      'The table telar_journal does not know of the run that the journal is of: its rows were removed, or it is ' +
        'another database. Remove the journal to start over.',
    );
  }
  const text = row?.['point'];
  const kept = typeof text === 'string' ? { point: JSON.parse(text) as unknown } : undefined;
  // The format comes from a transaction that does nothing.
  await client.query('BEGIN');
  const { format } = await prepare(lease);
  await client.query('ROLLBACK');
  return { format, kept };
}

/** Creates the table of runs. Where two create it at the same time, one may hear that it is there. */
async function createTable(client: PgClient): Promise<void> {
  const { rows } = await client.query(`SELECT to_regclass('telar_journal') IS NOT NULL AS is_there`);
  if (rows[0]?.['is_there'] === true) return;
  try {
    await client.query(TABLE);
  } catch (thrown) {
    const { code } = thrown as { code?: string };
    if (code !== '23505' && code !== '42P07') throw thrown;
  }
}

/**
 * Locks and reads the row of a run, which the last transaction of the run has committed. Waits for one that the server
 * is still about to commit, of a program that has died meanwhile.
 */
async function lockRow(
  client: PgClient,
  key: readonly [string, string],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { rows } = await client.query(
    'SELECT point FROM telar_journal WHERE run = $1 AND sink = $2 FOR UPDATE',
    key,
  );
  return rows[0];
}
