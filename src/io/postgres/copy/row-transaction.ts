import type { CopyFormat } from '../../../bytes/format.ts';
import type { Lease } from '../connection/lease.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';
import { CopyTransaction, type Prepare } from './copy-transaction.ts';
import { SavepointTransaction } from './savepoint-transaction.ts';

/** One transaction that takes rows, encoded for COPY. */
export interface RowTransaction {
  readonly format: CopyFormat;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Commits the rows.
   *
   * @param last - Further work that belongs to the transaction.
   */
  commit(last?: () => Promise<void>): Promise<void>;
  /**
   * Takes back what the transaction did. Never rejects; resolves to the reason where the connection is of no use any
   * more.
   */
  abort(): Promise<Error | undefined>;
}

/** Begins a transaction for rows. When this rejects, `rollBack` is to be called. */
export async function beginTransaction(
  lease: Lease,
  prepare: Prepare,
  rejected: RejectedRows | undefined,
): Promise<RowTransaction> {
  if (rejected === undefined) return await CopyTransaction.begin(lease, prepare);
  return await SavepointTransaction.begin(lease, prepare, rejected);
}
