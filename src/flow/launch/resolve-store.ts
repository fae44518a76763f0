import type { CallSite } from '../../errors/call-site.ts';
import { optionError } from '../../options/check.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import { resolveStore } from '../../task/resolve-task.ts';
import { Dispatch } from '../pool/dispatch/dispatch.ts';
import type { Dispatcher } from '../work/dispatcher.ts';

/**
 * Captures the value that a call gives to its tasks, where it gives any.
 *
 * @throws CaptureError when something in it cannot travel.
 */
export function resolveStoreFor(
  dispatcher: Dispatcher,
  store: unknown,
  site: CallSite,
): CapturedTask | undefined {
  if (store === undefined) return undefined;
  if (dispatcher instanceof Dispatch) return resolveStore(store, site);
  throw optionError(
    '`store` does not travel to a Cluster yet: pass the value with each item, or use a Pool.',
  );
}
