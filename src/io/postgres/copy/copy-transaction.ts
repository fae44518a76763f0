import type { Writable } from 'node:stream';
import type { Lease } from '../connection.ts';
import { copyFrom } from './copy-streams.ts';
import { quoteName } from '../names.ts';

/** What rows are copied to, and what happens then, in the same transaction. */
export interface CopyTarget {
  readonly columns: readonly string[];
  /** As it stands in the statement. */
  readonly target: string;
  readonly finish: (() => Promise<void>) | undefined;
}

/** One transaction that copies rows to a target. */
export class CopyTransaction {
  readonly columns: readonly string[];
  readonly #leased: Lease;
  readonly #stream: Writable;
  readonly #finish: CopyTarget['finish'];
  #failure: { readonly thrown: Error } | undefined;
  #onFailure: (() => void) | undefined;

  private constructor(leased: Lease, stream: Writable, { columns, finish }: CopyTarget) {
    this.columns = columns;
    this.#leased = leased;
    this.#stream = stream;
    this.#finish = finish;
    stream.on('error', (thrown: Error) => {
      this.#failure ??= { thrown };
      this.#onFailure?.();
    });
  }

  /** When it rejects, `rollBack` is to be called. */
  static async begin(
    leased: Lease,
    prepare: (leased: Lease) => Promise<CopyTarget>,
  ): Promise<CopyTransaction> {
    await leased.client.query('BEGIN');
    const target = await prepare(leased);
    const columns = target.columns.map(quoteName).join(', ');
    const stream = await copyFrom(leased.client, `COPY ${target.target} (${columns}) FROM STDIN`);
    return new CopyTransaction(leased, stream, target);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#throwFailure();
    if (this.#stream.write(bytes)) return;
    await new Promise<void>((resolve) => {
      this.#onFailure = resolve;
      this.#stream.once('drain', resolve);
    });
    this.#throwFailure();
  }

  /** @param last - What else belongs to it. */
  async commit(last?: () => Promise<void>): Promise<void> {
    this.#throwFailure();
    await new Promise<void>((resolve) => {
      this.#onFailure = resolve;
      this.#stream.once('finish', resolve);
      this.#stream.end();
    });
    this.#throwFailure();
    await this.#finish?.();
    await last?.();
    await this.#leased.client.query('COMMIT');
  }

  /** Takes back what it did. Never rejects; gives why the connection is of no use any more, if it is not. */
  async abort(): Promise<Error | undefined> {
    const isOpen = this.#failure === undefined && !this.#stream.writableFinished;
    if (isOpen) {
      // The server hears that the copy has failed, and says so: only then may it be asked for anything else.
      await new Promise<void>((resolve) => {
        this.#stream.once('close', resolve);
        this.#onFailure = resolve;
        this.#stream.destroy(new Error('The run has failed.'));
      });
    }
    return await rollBack(this.#leased, this.#failure?.thrown);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }
}

/**
 * Takes back what a transaction did. Never rejects: without its connection the server does so by itself. Gives why that is
 * of no use any more, if it is not.
 */
export async function rollBack({ client }: Lease, thrown?: unknown): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch {
    return thrown instanceof Error ? thrown : new Error('The connection is lost.');
  }
}
