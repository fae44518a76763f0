import type { EncodedFormat } from '../../../bytes/format.ts';
import type { ByteSink, ByteWriter } from '../../../bytes/sink.ts';
import { type Connection, type Lease, lease } from '../connection.ts';
import { type CopyTarget, CopyTransaction, rollBack } from './copy-transaction.ts';
import { ResumedCopy } from './resumed-copy.ts';

/** A table that rows are copied into: all in one transaction, or, where the run has a journal, in several. */
export function makeCopySink(
  connection: Connection,
  name: string,
  prepare: (leased: Lease) => Promise<CopyTarget>,
): ByteSink<object> {
  return {
    kind: 'bytes',
    open: () => openWriter(connection, prepare),
    resumable: { name, keepsPoint: true, open: (run) => ResumedCopy.open(connection, prepare, run) },
  };
}

async function openWriter(
  connection: Connection,
  prepare: (leased: Lease) => Promise<CopyTarget>,
): Promise<ByteWriter> {
  const leased = await lease(connection);
  try {
    return new CopyWriter(leased, await CopyTransaction.begin(leased, prepare));
  } catch (thrown) {
    const failure = await rollBack(leased, thrown);
    await leased.release(failure).catch(() => {});
    throw thrown;
  }
}

class CopyWriter implements ByteWriter {
  readonly format: EncodedFormat;
  readonly #leased: Lease;
  readonly #transaction: CopyTransaction;
  #isOver = false;

  constructor(leased: Lease, transaction: CopyTransaction) {
    this.format = { kind: 'copy', columns: transaction.columns };
    this.#leased = leased;
    this.#transaction = transaction;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#transaction.write(bytes);
  }

  async end(): Promise<void> {
    await this.#transaction.commit();
    this.#isOver = true;
    await this.#leased.release();
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const failure = await this.#transaction.abort();
    await this.#leased.release(failure).catch(() => {});
  }
}
