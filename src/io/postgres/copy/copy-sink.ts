import type { EncodedFormat } from '../../../bytes/format.ts';
import type { ByteSink, ByteWriter, SinkOpening } from '../../../bytes/sink.ts';
import { Lease } from '../connection/lease.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';
import type { CopyPlan } from './copy-plan.ts';
import { beginOnLease } from './begin-on-lease.ts';
import { endCopy, endFailedCopy } from './end-copy.ts';
import { ResumedCopy } from './resumed-copy.ts';
import { beginTransaction, type RowTransaction } from './row-transaction.ts';

/** Makes a sink that copies rows into a table: all in one transaction, or, where the run has a journal, in several. */
export function makeCopySink(plan: CopyPlan): ByteSink<object> {
  return {
    kind: 'bytes',
    open: (opening = {}) => openWriter(plan, opening),
    resumable: {
      name: plan.name,
      keepsPoint: true,
      refusal: plan.rejected?.refusal,
      open: (run) => ResumedCopy.open(plan, run),
    },
  };
}

async function openWriter(plan: CopyPlan, opening: SinkOpening): Promise<ByteWriter> {
  const { signal } = opening;
  const lease = await Lease.open(plan.connection, signal);
  const beginning = beginTransaction(lease, plan.prepare(opening), plan.rejected);
  const transaction = await beginOnLease(lease, beginning, signal);
  return new CopyWriter(lease, transaction, plan.rejected);
}

class CopyWriter implements ByteWriter {
  /** Always true: a run that fails leaves none of its rows, so that nothing is lost when it ends at once. */
  readonly isAtomic = true;
  readonly format: EncodedFormat;
  readonly #lease: Lease;
  readonly #transaction: RowTransaction;
  readonly #rejected: RejectedRows | undefined;
  #isOver = false;

  constructor(lease: Lease, transaction: RowTransaction, rejected: RejectedRows | undefined) {
    this.format = transaction.format;
    this.#rejected = rejected;
    this.#lease = lease;
    this.#transaction = transaction;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#transaction.write(bytes);
  }

  async end(): Promise<void> {
    await this.#transaction.commit();
    this.#isOver = true;
    await endCopy(this.#lease, this.#rejected);
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const failure = await this.#transaction.abort();
    await endFailedCopy(this.#lease, this.#rejected, failure);
  }
}
