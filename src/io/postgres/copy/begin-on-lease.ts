import { onAbort } from '../../../async/on-abort.ts';
import type { Lease } from '../connection/lease.ts';
import { rollBack } from './copy-transaction.ts';

/**
 * Resolves when work on a lease has begun, which the server may let wait for a lock: the signal interrupts it there.
 * Where it fails, or comes too late, it is rolled back, and the lease given back.
 */
export async function beginOnLease<T>(
  lease: Lease,
  beginning: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const stopListening =
    signal === undefined ? undefined : onAbort(signal, () => void lease.interrupt(beginning));
  try {
    const begun = await beginning;
    signal?.throwIfAborted();
    return begun;
  } catch (thrown) {
    const failure = await rollBack(lease, thrown);
    await lease.release(failure).catch(() => {});
    signal?.throwIfAborted();
    throw thrown;
  } finally {
    stopListening?.();
  }
}
