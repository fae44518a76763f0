import { captureContext } from '../../async/async-context.ts';
import { onAbort } from '../../async/on-abort.ts';
import type { CallSite } from '../../errors/call-site.ts';
import { resolveRetries } from '../../options/retries.ts';
import type { RunTaskOptions } from '../../options/run-task-options.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import { findKnownReference, resolveTask } from '../../task/resolve-task.ts';
import { findNestedServer } from '../../wire/message/nested.ts';
import { enterPool, findAdmission } from '../pool/pool.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import { startWork } from '../work/start-work.ts';
import type { Call } from './waiting-calls.ts';
import { TaskQueue } from './task-queue.ts';
import { weighInert } from './inert.ts';
import { findSharedQueue } from './shared-queues.ts';

/** One call as the user asked for it, with its options checked. */
export interface CallRequest {
  readonly pool: WorkerPool;
  readonly task: Function;
  readonly args: readonly unknown[];
  readonly options: Omit<RunTaskOptions, 'pool'>;
  /** Place of the call. */
  readonly site: CallSite;
}

/** Calls a task on a worker. Throws where the call cannot even begin. */
export function startCall(request: CallRequest, resolve: Call['resolve'], reject: Call['reject']): void {
  const { pool, task, args, options, site } = request;
  options.signal?.throwIfAborted();
  const dispatcher = enterPool(pool);
  const isAlone =
    options.signal !== undefined || options.store !== undefined || findNestedServer() !== undefined;
  const bytes = isAlone ? undefined : weighInert(args);
  const reference = bytes === undefined ? undefined : findKnownReference(task);
  const leave = findAdmission(pool)?.enter(site);
  const call: Call = {
    args,
    bytes: bytes ?? 0,
    policy: resolveRetries(options.retries),
    site,
    context: captureContext(),
    resolve: leave === undefined ? resolve : (value) => (leave(), resolve(value)),
    reject: leave === undefined ? reject : (reason) => (leave(), reject(reason)),
  };
  if (reference === undefined) startAlone(request, dispatcher, call);
  else findSharedQueue({ dispatcher, pool, task, reference, timeout: options.timeout }).add(call);
}

/**
 * Starts a call on a queue of its own: it may be ended by itself, its arguments may run what is the caller's when they are
 * cloned, its task is captured anew, or it must not wait for another: it may be that other's.
 */
function startAlone({ pool, task, options }: CallRequest, dispatcher: Dispatcher, call: Call): void {
  const { signal, timeout } = options;
  let stopListening: (() => void) | undefined;
  const queue = new TaskQueue({
    dispatcher,
    pool,
    task,
    timeout,
    context: call.context,
    onOver: () => stopListening?.(),
  });
  queue.open();
  queue.add(call);
  if (signal !== undefined) stopListening = onAbort(signal, () => queue.fail(signal.reason));
  startWork(queue, () => resolveTask(task, call.site), options.store, call.site);
}
