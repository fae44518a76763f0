import { assertCount, assertKnown } from '../../check.ts';
import { raceTime } from '../../deferred.ts';
import { describeValue } from '../../describe.ts';
import { onAbort } from '../../flow/run/abort.ts';
import { assertConnection, type Connection } from './connection/connection.ts';
import { Lease } from './connection/lease.ts';
import { type Cursor, openCursor } from './table/cursor.ts';
import { queriedRows } from './table/queried-rows.ts';

/** Options of `query`. */
export interface QueryOptions {
  /** The values of `$1`, `$2`, … */
  readonly values?: readonly unknown[] | undefined;
  /** Rows that are fetched at once. `@defaultValue` 1000 */
  readonly rows?: number | undefined;
  /** Ends the query, on the server too: the loop throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a cursor of a server that does not answer is waited for, in ms. */
const CLOSING = 2000;

/**
 * The rows of a query, as pg makes objects of them (but arrays of `numeric` are texts, as `numeric` is), through a cursor: no
 * more than `rows` are held at once. Leaving the loop closes the cursor and gives the client back. Rejects when the connection
 * is lost. To read a whole table fast, use `copyOut`.
 *
 * @example
 * ```ts
 * const paid = query<Order>(url, 'SELECT * FROM orders WHERE paid > $1', { values: [since] });
 * await pipeline(paid).cpu(invoice).to(toNdjson('invoices.ndjson'));
 * ```
 */
export function query<T = Record<string, unknown>>(
  connection: Connection,
  sql: string,
  options: QueryOptions = {},
): AsyncIterable<T> {
  assertConnection(connection);
  if (typeof sql !== 'string' || sql.trim() === '') {
    throw new TypeError(`Expected a query, got ${describeValue(sql)}.`);
  }
  assertKnown(options, ['values', 'rows', 'signal']);
  assertCount(options.rows, 'rows');
  const source = {
    [queriedRows]: true,
    [Symbol.asyncIterator]: () => readRows<T>(connection, sql, options),
  };
  return source;
}

async function* readRows<T>(
  connection: Connection,
  sql: string,
  { values = [], rows = 1000, signal }: QueryOptions,
): AsyncGenerator<T, undefined, undefined> {
  signal?.throwIfAborted();
  const lease = await Lease.open(connection, signal);
  let reading: Promise<unknown> = Promise.resolve();
  const stopListening =
    signal === undefined ? undefined : onAbort(signal, () => void lease.interrupt(reading));
  let cursor: Cursor<T> | undefined;
  let failure: Error | undefined;
  const read = async (): Promise<T[]> => {
    const page = lease.guard((cursor as Cursor<T>).read(rows));
    reading = page;
    return await page;
  };
  try {
    cursor = await openCursor<T>(lease.client, sql, values);
    for (let page = await read(); page.length > 0; page = await read()) {
      signal?.throwIfAborted();
      yield* page;
    }
    signal?.throwIfAborted();
  } catch (thrown) {
    failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    signal?.throwIfAborted();
    throw thrown;
  } finally {
    stopListening?.();
    await closeCursor(lease, cursor);
    // After an error of the network the connection is of no use; after one of the query it is.
    const isOfQuery = failure !== undefined && 'severity' in failure;
    await lease.release(isOfQuery ? undefined : failure);
  }
  return undefined;
}

/** The close of a cursor whose connection is lost never settles (node-postgres#2642). */
async function closeCursor(lease: Lease, cursor: Cursor<unknown> | undefined): Promise<void> {
  if (cursor === undefined || lease.lost !== undefined) return;
  const closing = lease.guard(cursor.close()).catch(() => {});
  if (!(await raceTime(closing, CLOSING))) lease.destroy();
}
