import type { Lease } from '../connection/lease.ts';
import type { RejectedRows } from '../rejected/rejected-rows.ts';

/** Gives the connection of a copy back, and ends the sink of the rows that the server refused. */
export async function endCopy(lease: Lease, rejected: RejectedRows | undefined): Promise<void> {
  await lease.release();
  await rejected?.end();
}

/** Ends a copy that has failed with another reason. Never rejects; rows that were refused are kept either way. */
export async function endFailedCopy(
  lease: Lease,
  rejected: RejectedRows | undefined,
  failure: Error | undefined,
): Promise<void> {
  await lease.release(failure).catch(() => {});
  await rejected?.end().catch(() => {});
}
