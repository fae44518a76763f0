import { assertCount, copyOptions, optionError } from '../../options/check.ts';
import { raceTime } from '../../async/deferred.ts';
import { describeValue } from '../../errors/describe.ts';
import { onAbort } from '../../async/on-abort.ts';
import { type Connection, takeConnection } from './connection/connection.ts';
import { Lease } from './connection/lease.ts';
import { assertStatementText, takeParameter } from './table/assert-text.ts';
import { type Cursor, openCursor } from './table/cursor.ts';
import { queriedRows } from './table/queried-rows.ts';

/** Options of `query`. */
export interface QueryOptions {
  /** Values of `$1`, `$2`, … */
  readonly values?: readonly unknown[] | undefined;
  /** Number of rows that are fetched at once. `@defaultValue` 1000 */
  readonly rows?: number | undefined;
  /** Signal that ends the query, on the server too: the loop throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Longest wait, in ms, for a cursor of a server that does not answer. */
const CLOSING = 2000;

/**
 * Reads the rows of a query, as pg makes objects of them (but arrays of `numeric` are texts, as `numeric` is), through
 * a cursor: no more than `rows` are held at once. Leaving the loop closes the cursor and gives the client back. Rejects
 * when the connection is lost. To read a whole table fast, use `copyOut`.
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
  const at = takeConnection(connection);
  if (typeof sql !== 'string' || sql.trim() === '') {
    throw new TypeError(`Expected a query, got ${describeValue(sql)}.`);
  }
  assertStatementText(sql, 'the query');
  const taken = copyOptions(options, ['values', 'rows', 'signal']);
  const values = takeValues(taken.values);
  assertCount(taken.rows, 'rows');
  const source = {
    [queriedRows]: true,
    [Symbol.asyncIterator]: () => new Rows<T>(at, sql, { ...taken, values }),
  };
  return source;
}

/** Checks the values of a query, and returns a list of its own of them: they are sent when the first row is asked for. */
function takeValues(values: QueryOptions['values']): QueryOptions['values'] {
  if (values === undefined) return undefined;
  if (!Array.isArray(values)) {
    throw optionError(`Expected \`values\` to be an array, one for each $1, got ${describeValue(values)}.`);
  }
  return values.map((value: unknown, at) => takeParameter(value, `the value of $${at + 1}`));
}

/**
 * The rows of a query. A generator alone would hear that it is left once the server has answered, which may be never.
 */
class Rows<T> implements AsyncIterableIterator<T, undefined> {
  readonly #ending = new AbortController();
  readonly #rows: AsyncGenerator<T, undefined, undefined>;
  #waiting = 0;
  #isLeft = false;

  constructor(connection: Connection, sql: string, options: QueryOptions) {
    this.#rows = readRows(connection, sql, options, this.#ending);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.#waiting++;
    try {
      return await this.#rows.next();
    } catch (thrown) {
      if (this.#isLeft) return { done: true, value: undefined };
      throw thrown;
    } finally {
      this.#waiting--;
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    // Between two reads there is nothing to end, and the client may be another's already.
    if (this.#waiting > 0) {
      this.#isLeft = true;
      this.#ending.abort(new Error('The query was left before its end.'));
    }
    return await this.#rows.return(undefined);
  }
}

async function* readRows<T>(
  connection: Connection,
  sql: string,
  { values = [], rows = 1000, signal: given }: QueryOptions,
  ending: AbortController,
): AsyncGenerator<T, undefined, undefined> {
  given?.throwIfAborted();
  const { signal } = ending;
  const forget = given === undefined ? undefined : onAbort(given, () => ending.abort(given.reason));
  try {
    yield* readLeased<T>(await Lease.open(connection, signal), sql, { values, rows, signal });
  } finally {
    forget?.();
  }
  return undefined;
}

async function* readLeased<T>(
  lease: Lease,
  sql: string,
  { values, rows, signal }: { values: readonly unknown[]; rows: number; signal: AbortSignal },
): AsyncGenerator<T, undefined, undefined> {
  let reading: Promise<unknown> = Promise.resolve();
  const stopListening = onAbort(signal, () => void lease.interrupt(reading));
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
      signal.throwIfAborted();
      yield* page;
    }
    signal.throwIfAborted();
  } catch (thrown) {
    failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    signal.throwIfAborted();
    throw thrown;
  } finally {
    stopListening();
    await closeCursor(lease, cursor);
    await lease.release(isOfQuery(failure) ? undefined : failure);
  }
  return undefined;
}

/** Closes a cursor, unless its connection is lost: the close would never settle then (node-postgres#2642). */
async function closeCursor(lease: Lease, cursor: Cursor<unknown> | undefined): Promise<void> {
  if (cursor === undefined || lease.lost !== undefined) return;
  const closing = lease.guard(cursor.close()).catch(() => {});
  if (!(await raceTime(closing, CLOSING))) lease.destroy();
}

/**
 * Says whether a failure is of the query alone. After an error of the network the connection is of no use, nor after
 * one with which the server ends it; after others it is.
 */
function isOfQuery(failure: Error | undefined): boolean {
  const { severity, code } = (failure ?? {}) as { severity?: unknown; code?: unknown };
  return severity !== undefined && severity !== 'FATAL' && !/^(57P0|08|25P0[34])/.test(String(code));
}
