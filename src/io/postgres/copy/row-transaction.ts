import type { CopyFormat } from '../../../bytes/format.ts';
import type { Lease } from '../connection/lease.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';
import { CopyTransaction, type Prepare } from './copy-transaction.ts';
import { SavepointTransaction } from './savepoint-transaction.ts';

/** One transaction that takes rows, encoded for COPY. */
export interface RowTransaction {
  readonly format: CopyFormat;
  write(bytes: Uint8Array): Promise<void>;
  /** @param last - What else belongs to it. */
  commit(last?: () => Promise<void>): Promise<void>;
  /** Takes back what it did. Never rejects; gives why the connection is of no use any more, if it is not. */
  abort(): Promise<Error | undefined>;
}

/** When it rejects, `rollBack` is to be called. */
export async function beginTransaction(
  lease: Lease,
  prepare: Prepare,
  rejected: RejectedRows | undefined,
): Promise<RowTransaction> {
  if (rejected === undefined) return await CopyTransaction.begin(lease, prepare);
  return await SavepointTransaction.begin(lease, prepare, rejected);
}
