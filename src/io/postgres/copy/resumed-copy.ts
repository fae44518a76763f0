import { raceTime } from '../../../deferred.ts';
import type { EncodedFormat } from '../../../bytes/format.ts';
import type { ByteWriter, Checkpoints, SinkRun } from '../../../bytes/sink.ts';
import { type Connection, type Lease, lease, type PgClient } from '../connection.ts';
import { type CopyTarget, CopyTransaction, rollBack } from './copy-transaction.ts';

type Prepare = (leased: Lease) => Promise<CopyTarget>;

/** What is on its way when a run ends is told to end so often, and waited for so many ms each time. */
const TRIES = 20;
const WAIT = 200;

/** How far runs are whose rows were committed. A row goes when its run has come to its end. */
const TABLE = `CREATE TABLE IF NOT EXISTS telar_journal (
  run text NOT NULL, sink text NOT NULL, point text, changed timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, sink))`;

/**
 * Copies rows in several transactions, each of which also says how far the run is: a run that goes on begins behind the
 * rows that are there, whatever its journal has heard of them.
 */
export class ResumedCopy implements ByteWriter, Checkpoints {
  readonly format: EncodedFormat;
  readonly kept: { readonly point: unknown } | undefined;
  readonly #leased: Lease;
  readonly #prepare: Prepare;
  readonly #key: readonly [run: string, sink: string];
  #transaction: CopyTransaction | undefined;
  /** A write waits for the checkpoint that is being made. */
  #last: Promise<unknown> = Promise.resolve();
  #turns = 0;
  #isOver = false;

  private constructor(
    leased: Lease,
    prepare: Prepare,
    run: SinkRun,
    columns: readonly string[],
    kept: ResumedCopy['kept'],
  ) {
    this.#leased = leased;
    this.#prepare = prepare;
    this.#key = [run.id, run.place];
    this.format = { kind: 'copy', columns };
    this.kept = kept;
  }

  static async open(connection: Connection, prepare: Prepare, run: SinkRun): Promise<ResumedCopy> {
    const leased = await lease(connection);
    const { client } = leased;
    try {
      await createTable(client);
      const key = [run.id, run.place] as const;
      if (run.state === undefined) {
        await client.query(
          'INSERT INTO telar_journal (run, sink) VALUES ($1, $2) ON CONFLICT DO NOTHING',
          key,
        );
      }
      const row = await lockRow(client, key);
      // Once all was committed and its end noted, the row has gone.
      if (row === undefined && !run.isEnded) {
        throw new Error(
          'The table telar_journal does not know of the run that the journal is of: its rows were removed, or it is ' +
            'another database. Remove the journal to start over.',
        );
      }
      const point =
        typeof row?.['point'] === 'string' ? { point: JSON.parse(row['point']) as unknown } : undefined;
      const columns = await findTargetColumns(leased, prepare);
      return new ResumedCopy(leased, prepare, run, columns, point);
    } catch (thrown) {
      const failure = await rollBack(leased, thrown);
      await leased.release(failure).catch(() => {});
      throw thrown;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#inTurn(async () => {
      this.#transaction ??= await CopyTransaction.begin(this.#leased, async (leased) => {
        await lockInTransaction(leased.client, this.#key);
        const target = await this.#prepare(leased);
        this.#assertGoing();
        return target;
      });
      await this.#transaction.write(bytes);
    });
  }

  async checkpoint(point: unknown): Promise<unknown> {
    return await this.#inTurn(async () => {
      const { client } = this.#leased;
      const note = async (): Promise<void> => {
        // Behind the ROLLBACK of an end it would stand alone.
        this.#assertGoing();
        const values = [JSON.stringify(point), ...this.#key];
        const set = 'UPDATE telar_journal SET point = $1, changed = now() WHERE run = $2 AND sink = $3';
        const { rowCount } = await client.query(set, values);
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
    await this.#leased.client.query('DELETE FROM telar_journal WHERE run = $1 AND sink = $2', this.#key);
    this.#isOver = true;
    await this.#leased.release();
  }

  /** What was committed stays. */
  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    // The server may let it wait: for a lock, say.
    for (let tries = 0; this.#turns > 0 && tries < TRIES; tries++) {
      await this.#leased.cancel();
      await raceTime(this.#last, WAIT);
    }
    const failure = await (this.#transaction?.abort() ?? rollBack(this.#leased));
    await this.#leased.release(failure).catch(() => {});
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

/** Two who create the same table at the same time: one may hear that it is there. */
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
 * What the last transaction of the run has committed. Waits for one that the server is still about to commit, of a
 * program that has died meanwhile.
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

async function lockInTransaction(client: PgClient, key: readonly [string, string]): Promise<void> {
  if ((await lockRow(client, key)) === undefined) {
    throw new Error('The row of this run is gone from the table telar_journal.');
  }
}

/** The columns of the target, from a transaction that does nothing. */
async function findTargetColumns(leased: Lease, prepare: Prepare): Promise<readonly string[]> {
  await leased.client.query('BEGIN');
  const { columns } = await prepare(leased);
  await leased.client.query('ROLLBACK');
  return columns;
}
