import { assertCount, assertKnown } from '../../check.ts';
import { describeValue } from '../../describe.ts';
import { onAbort } from '../../flow/run/abort.ts';
import { assertConnection, type Connection, lease, type PgClient } from './connection.ts';

/** Options of `query`. */
export interface QueryOptions {
  /** The values of `$1`, `$2`, … */
  readonly values?: readonly unknown[] | undefined;
  /** Rows that are fetched at once. `@defaultValue` 1000 */
  readonly rows?: number | undefined;
  /** Ends the query, on the server too: the loop throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows of a query, as pg makes objects of them, through a cursor: no more than `rows` are held at once. Leaving the
 * loop closes the cursor and gives the client back. To read a whole table fast, use `copyOut`.
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
  return { [Symbol.asyncIterator]: () => readRows<T>(connection, sql, options) };
}

interface Cursor<T> {
  read(rows: number): Promise<T[]>;
  close(): Promise<void>;
}

async function* readRows<T>(
  connection: Connection,
  sql: string,
  { values = [], rows = 1000, signal }: QueryOptions,
): AsyncGenerator<T, undefined, undefined> {
  signal?.throwIfAborted();
  const { client, release, cancel } = await lease(connection);
  const stopListening = signal === undefined ? undefined : onAbort(signal, () => void cancel());
  let cursor: Cursor<T> | undefined;
  let failure: Error | undefined;
  try {
    cursor = await openCursor<T>(client, sql, values);
    for (let page = await cursor.read(rows); page.length > 0; page = await cursor.read(rows)) {
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
    await cursor?.close().catch(() => {});
    // After an error of the network the connection is of no use; after one of the query it is.
    await release(failure !== undefined && 'severity' in failure ? undefined : failure);
  }
  return undefined;
}

async function openCursor<T>(client: PgClient, sql: string, values: readonly unknown[]): Promise<Cursor<T>> {
  let loaded: { default: new (sql: string, values: readonly unknown[]) => Cursor<T> };
  try {
    loaded = (await import('pg-cursor')) as unknown as typeof loaded;
  } catch (cause) {
    throw new Error('query() needs pg-cursor: npm install pg-cursor', { cause });
  }
  return client.query(new loaded.default(sql, values));
}
