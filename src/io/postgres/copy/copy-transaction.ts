import type { Writable } from 'node:stream';
import type { CopyFormat } from '../../../bytes/format.ts';
import { raceTime } from '../../../async/deferred.ts';
import type { Lease } from '../connection/lease.ts';
import { quoteName } from '../table/names.ts';
import { copyFrom } from './copy-streams.ts';

/** Longest time, in ms, that a server may take to end a copy that is given up, before it is told to. */
const PROMPT = 200;

/** The target that rows are copied to, and what happens then, in the same transaction. */
export interface CopyTarget {
  readonly format: CopyFormat;
  /** Name of the table, as it stands in the statement. */
  readonly table: string;
  /** Columns of the copy: those of the format, and one more where the format lists the columns that a row names. */
  readonly columns: readonly string[];
  /** Options of the statement. */
  readonly options: string;
  /** Work that is left to do when all rows are there. */
  readonly finish: (() => Promise<void>) | undefined;
}

/** Prepares a target, in a transaction that has begun. */
export type Prepare = (lease: Lease) => Promise<CopyTarget>;

/** One transaction that copies rows to a target. */
export class CopyTransaction {
  readonly format: CopyFormat;
  readonly #lease: Lease;
  readonly #stream: Writable;
  readonly #finish: CopyTarget['finish'];
  #failure: { readonly thrown: Error } | undefined;
  #onFailure: (() => void) | undefined;

  private constructor(lease: Lease, stream: Writable, { format, finish }: CopyTarget) {
    this.format = format;
    this.#lease = lease;
    this.#stream = stream;
    this.#finish = finish;
    stream.on('error', (thrown: Error) => {
      this.#failure ??= { thrown };
      this.#onFailure?.();
    });
  }

  /** Begins a transaction. When this rejects, `rollBack` is to be called. */
  static async begin(lease: Lease, prepare: Prepare): Promise<CopyTransaction> {
    await lease.guard(lease.client.query('BEGIN'));
    const target = await lease.guard(prepare(lease));
    return new CopyTransaction(lease, await openCopy(lease, target), target);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#throwFailure();
    if (this.#stream.write(bytes)) return;
    await this.#waitFor('drain');
    this.#throwFailure();
  }

  /**
   * Commits the rows.
   *
   * @param last - Further work that belongs to the transaction.
   */
  async commit(last?: () => Promise<void>): Promise<void> {
    this.#throwFailure();
    this.#stream.end();
    await this.#waitFor('finish');
    this.#throwFailure();
    await this.#finish?.();
    await last?.();
    await this.#lease.guard(this.#lease.client.query('COMMIT'));
  }

  /**
   * Takes back what the transaction did. Never rejects; resolves to the reason where the connection is of no use any
   * more.
   */
  async abort(): Promise<Error | undefined> {
    const isOpen = this.#failure === undefined && !this.#stream.writableFinished;
    if (isOpen && this.#lease.lost === undefined) {
      // The server hears that the copy has failed, and says so: only then may it be asked for anything else. It may wait
      // for a lock instead, and then it has to be told.
      const closing = this.#waitFor('close').catch(() => {});
      this.#stream.destroy(new Error('The run has failed.'));
      if (!(await raceTime(closing, PROMPT))) await this.#lease.interrupt(closing);
    }
    return await rollBack(this.#lease, this.#failure?.thrown);
  }

  /** Resolves when the stream has emitted the event, or has failed. */
  async #waitFor(event: 'drain' | 'finish' | 'close'): Promise<void> {
    await this.#lease.guard(
      new Promise<void>((resolve) => {
        this.#onFailure = resolve;
        this.#stream.once(event, resolve);
        if (this.#failure !== undefined) resolve();
      }),
    );
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }
}

export async function openCopy(lease: Lease, { table, columns, options }: CopyTarget): Promise<Writable> {
  const names = columns.map(quoteName).join(', ');
  return await copyFrom(lease.client, `COPY ${table} (${names}) FROM STDIN${options}`);
}

/**
 * Takes back what a transaction did. Never rejects: without its connection the server does so by itself. Resolves to
 * the reason where the connection is of no use any more.
 */
export async function rollBack(lease: Lease, thrown?: unknown): Promise<Error | undefined> {
  try {
    const rolling = lease.client.query('ROLLBACK');
    rolling.catch(() => {});
    if (lease.lost === undefined && !(await raceTime(lease.guard(rolling), PROMPT))) {
      await lease.interrupt(rolling);
    }
    await lease.guard(rolling);
    return undefined;
  } catch {
    return thrown instanceof Error ? thrown : new Error('The connection is lost.');
  }
}
