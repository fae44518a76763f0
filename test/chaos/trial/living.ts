import { listChildren, listThreads } from '../../harness/alive.ts';
import type { Isolate } from './trial.ts';

/** Counts the workers of the kind that are alive, of all that this process has started since this module was loaded. */
export function countWorkers(isolate: Isolate): number {
  return (isolate === 'thread' ? listThreads() : listChildren()).length;
}
