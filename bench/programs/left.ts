import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';

let alive = 0;
subscribe('worker_threads', (message) => {
  alive++;
  (message as { readonly worker: Worker }).worker.once('exit', () => alive--);
});

/** Counts what somebody would have to close: workers, listeners on `process`, and handles of kinds that stay open. */
export function countLeft(): number {
  let listeners = 0;
  for (const event of process.eventNames()) listeners += process.listenerCount(event);
  const handles = process
    .getActiveResourcesInfo()
    .filter((kind) => /Message|Timeout|Socket|Server|Watch/.test(kind));
  return alive + listeners + handles.length;
}
