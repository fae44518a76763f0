import { openSingleWriter, type SingleWriter } from '../../../bytes/sinks/single-writer.ts';
import type { Sink } from '../../../bytes/sink.ts';

/** A row that the server has refused. */
export interface RejectedRow {
  /** Columns that the row named, as the text that the server was sent; `null` for NULL. */
  readonly row: Readonly<Record<string, string | null>>;
  /**
   * SQLSTATE of the refusal, such as `23505` for a key that is there, or `22P02` for a text that is none of its type.
   */
  readonly code: string;
  /** Column that is at fault, where the server says so. */
  readonly column: string | undefined;
  readonly constraint: string | undefined;
  readonly message: string;
}

/**
 * The place for rows that the server refuses: a function, which may be asynchronous, or a sink such as
 * `toNdjson(path)`.
 */
export type RejectedSink = ((rejected: RejectedRow) => unknown) | Sink<RejectedRow>;

/**
 * Matches codes of errors that are of a row: of its data, of a constraint, of a view's check, or raised by a trigger.
 */
const OF_ROWS = /^(22|23|44|P0001$)/;

/** Says whether another row would have been taken: else the statement, the rights or the server are at fault. */
export function isOfRow(thrown: unknown): boolean {
  return OF_ROWS.test(String((thrown as { code?: unknown }).code));
}

/** Describes a refusal by what the server says. */
export function describeRejected(row: RejectedRow['row'], thrown: unknown): RejectedRow {
  const { code, column, constraint, message, where } = thrown as Record<string, string | undefined>;
  // The server names the column in the context only where it cannot read a text.
  const named = column ?? /^COPY .*, column (.+?)(?:: |$)/m.exec(where ?? '')?.[1];
  return { row, code: String(code), column: named, constraint, message: String(message) };
}

/** The rows that one run has lost to the server. */
export class RejectedRows {
  /** Reason why a run with a journal cannot have the sink. */
  readonly refusal: string | undefined;
  readonly #sink: RejectedSink;
  #writer: Promise<SingleWriter<RejectedRow>> | undefined;

  constructor(sink: RejectedSink) {
    this.#sink = sink;
    this.refusal =
      typeof sink === 'function'
        ? undefined
        : 'its `onRejected` is a sink, into which a run that goes on might write a row twice: give it a function';
  }

  async write(rejected: RejectedRow): Promise<void> {
    if (typeof this.#sink === 'function') {
      await this.#sink(rejected);
      return;
    }
    // The sink is not opened before the first row.
    this.#writer ??= openSingleWriter(this.#sink);
    await (await this.#writer).write(rejected);
  }

  /** Ends the sink when the run is over, well or not: rows that were refused are kept either way. */
  async end(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await (await writer)?.end();
  }
}
