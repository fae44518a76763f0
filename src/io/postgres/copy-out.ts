import { assertKnown } from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import { onAbort } from '../../async/on-abort.ts';
import { InputBlockReader } from '../../bytes/read/block-reader.ts';
import type { ByteInput, InputPlace } from '../../bytes/read/inputs/byte-input.ts';
import { StreamInput } from '../../bytes/read/inputs/stream-input.ts';
import type { RecordRules } from '../../bytes/record-rules.ts';
import { UTF_8 } from '../../bytes/encoding.ts';
import { makeByteSource } from '../../bytes/sources/byte-records.ts';
import type { BlockStart, ByteSource } from '../../bytes/source.ts';
import { type Connection, takeConnection } from './connection/connection.ts';
import { Lease } from './connection/lease.ts';
import { copyTo } from './copy/copy-streams.ts';
import { assertStatementText } from './table/assert-text.ts';
import { describeQuery } from './table/describe-query.ts';
import { quoteName, quoteTable } from './table/names.ts';
import { isQuery, trimQuery } from './table/query-text.ts';

/** Most bytes of a row: rows are 1 GB at most on the server. */
const LARGEST_ROW = 1024 * 1024 * 1024;

/**
 * Reads the rows of a table or a query, by COPY: the bytes go to the workers as the server sends them, which is three
 * times as fast as a cursor. Every value is text as PostgreSQL writes it, or `null`. Each iteration, or run, asks anew;
 * leaving the loop ends the copy.
 *
 * A query whose columns share a name is refused: a row holds one value for each name.
 *
 * @param source - The name of a table, or a query that begins with SELECT, WITH, VALUES or TABLE, or that is an INSERT,
 *   UPDATE, DELETE or MERGE with RETURNING. Comments count as spaces.
 *
 * @example
 * ```ts
 * await pipeline(copyOut(url, 'events')).cpu((row) => summarise(row)).to(toNdjson('events.ndjson.gz'));
 * ```
 */
export function copyOut(
  connection: Connection,
  source: string,
  options: Record<string, never> = {},
): ByteSource<Record<string, string | null>> {
  const at = takeConnection(connection);
  assertKnown(options, []);
  if (typeof source !== 'string' || source.trim() === '') {
    throw new TypeError(`Expected the name of a table or a query, got ${describeValue(source)}.`);
  }
  assertStatementText(source, 'the query');
  const rules = {
    quoting: undefined,
    maxRecordBytes: LARGEST_ROW,
    readHeader: undefined,
    columns: undefined,
    encoding: UTF_8,
    // All bytes that the server sends are data, from the first one on.
    hasBom: false,
    mayEndWithCr: false,
  };
  return makeByteSource(
    { kind: 'copy' },
    (start) => {
      const leaving = new AbortController();
      return new CopyReader(openCopy(at, source, leaving.signal), rules, leaving, start);
    },
    async () => undefined,
  );
}

/** Reads the blocks of a copy. The end of the reader reaches a server that has not answered yet. */
class CopyReader extends InputBlockReader {
  readonly #leaving: AbortController;

  constructor(
    places: AsyncIterable<InputPlace>,
    rules: RecordRules,
    leaving: AbortController,
    start: BlockStart | undefined,
  ) {
    super(places, rules, start);
    this.#leaving = leaving;
  }

  override async close(): Promise<void> {
    this.#leaving.abort(new Error(LEFT));
    await super.close();
  }
}

const LEFT = 'The copy was left before its end.';

/**
 * Gives the copy as the only input.
 *
 * @param leaving - Fires when nobody waits for the copy any more.
 */
async function* openCopy(
  connection: Connection,
  source: string,
  leaving: AbortSignal,
): AsyncGenerator<InputPlace, void, undefined> {
  leaving.throwIfAborted();
  const query = isQuery(source) ? trimQuery(source) : `SELECT * FROM ${quoteTable(source)}`;
  const lease = await Lease.open(connection, leaving);
  let failure: Error | undefined;
  try {
    const columns = assertDistinct(await describeColumns(lease, query, leaving));
    leaving.throwIfAborted();
    const stream = await copyTo(lease.client, `COPY (${query}\n) TO STDOUT`);
    // Whoever reads the stream is told of its errors; those that come after it was left are nobody's.
    stream.on('error', () => {});
    // The stream waits for bytes that a lost connection will never send.
    lease.guard(new Promise(() => {})).catch((thrown: Error) => stream.destroy(thrown));
    const input = new StreamInput(stream);
    try {
      const open = async (): Promise<ByteInput> => Object.assign(input, { columns });
      yield { file: undefined, isOneOfMany: false, isLive: true, open };
    } finally {
      if (!stream.readableEnded) {
        // Only the end of its connection ends a COPY early.
        failure = new Error(LEFT);
        stream.destroy();
      }
    }
  } catch (thrown) {
    failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    throw thrown;
  } finally {
    await lease.release(failure);
  }
}

/** Finds the columns of a query. The server may let that wait for a lock, as it would the copy. */
async function describeColumns(
  lease: Lease,
  query: string,
  leaving: AbortSignal,
): Promise<readonly string[]> {
  const describing = lease.guard(describeQuery(lease.client, query));
  const stopListening = onAbort(leaving, () => void lease.interrupt(describing));
  try {
    return await describing;
  } finally {
    stopListening();
  }
}

function assertDistinct(columns: readonly string[]): readonly string[] {
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice === undefined) return columns;
  throw new TypeError(
    `Expected each column of the query to have a name of its own, found \`${twice}\` more than once. Name them: SELECT a.${quoteName(twice)} AS …`,
  );
}
