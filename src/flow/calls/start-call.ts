import { captureContext, type AsyncContext } from '../../async/async-context.ts';
import { onAbort } from '../../async/on-abort.ts';
import { captureSite } from '../../errors/call-site.ts';
import { resolveRetries } from '../../options/retries.ts';
import type { RunTaskOptions } from '../../options/run-task-options.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { CapturedTask, TaskDefinition, TaskReference } from '../../task/definition/definition.ts';
import { findKnownReference, resolveStore, resolveTask } from '../../task/resolve-task.ts';
import { findNestedServer } from '../../wire/message/nested.ts';
import { enterPool, findAdmission } from '../pool/pool.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import type { Call } from './call.ts';
import { CallLane } from './call-lane.ts';
import { SHARES } from './call-queue.ts';
import { weighInert } from './inert.ts';

/** One call as the user asked for it, with its options checked. */
export interface CallRequest {
  readonly pool: WorkerPool;
  readonly task: Function;
  readonly args: readonly unknown[];
  readonly options: Omit<RunTaskOptions, 'pool'>;
  /** The function that the user called. */
  readonly caller: (...args: never[]) => unknown;
}

/** The lanes of a pool that take further calls: by task, and by time limit, where 0 stands for none. */
type Lanes = Map<TaskReference, Map<number, CallLane>>;
const lanesOf = new WeakMap<Dispatcher, Lanes>();

/** Runs what nothing of the caller's can come to. */
const inPlace: AsyncContext = (fn) => fn();

/** Calls a task on a worker. Throws where the call cannot even begin. */
export function startCall(request: CallRequest, resolve: Call['resolve'], reject: Call['reject']): void {
  const { pool, task, args, options, caller } = request;
  options.signal?.throwIfAborted();
  const dispatcher = enterPool(pool);
  const isAlone =
    options.signal !== undefined || options.store !== undefined || findNestedServer() !== undefined;
  const bytes = isAlone ? undefined : weighInert(args);
  const reference = bytes === undefined ? undefined : findKnownReference(task);
  const site = captureSite(caller);
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
  else findLane(request, dispatcher, reference).add(call);
}

/** Returns the lane that a call of an imported task shares with others. */
function findLane(
  { pool, task, options: { timeout } }: CallRequest,
  dispatcher: Dispatcher,
  reference: TaskReference,
): CallLane {
  let lanes = lanesOf.get(dispatcher);
  if (lanes === undefined) lanesOf.set(dispatcher, (lanes = new Map()));
  let ofTask = lanes.get(reference);
  if (ofTask === undefined) lanes.set(reference, (ofTask = new Map()));
  const known = ofTask.get(timeout ?? 0);
  if (known !== undefined) return known;
  const others = ofTask;
  const lane: CallLane = new CallLane({
    dispatcher,
    task,
    workers: pool.workers,
    shares: () => SHARES * pool.workers,
    timeout,
    context: inPlace,
    isShared: true,
    onOver: () => {
      if (others.get(timeout ?? 0) === lane) others.delete(timeout ?? 0);
    },
  });
  ofTask.set(timeout ?? 0, lane);
  lane.open();
  lane.start(reference);
  return lane;
}

/**
 * Starts a call on a lane of its own: it may be ended by itself, its arguments may run what is the caller's when they are
 * cloned, its task is captured anew, or it must not wait for another: it may be that other's.
 */
function startAlone({ pool, task, options }: CallRequest, dispatcher: Dispatcher, call: Call): void {
  const { signal, timeout } = options;
  let stopListening: (() => void) | undefined;
  const lane = new CallLane({
    dispatcher,
    task,
    // As many as there are: another worker may take the call over from behind a long one.
    workers: pool.workers,
    shares: () => SHARES * pool.workers,
    timeout,
    context: call.context,
    isShared: false,
    onOver: () => stopListening?.(),
  });
  lane.open();
  lane.add(call);
  if (signal !== undefined) stopListening = onAbort(signal, () => lane.fail(signal.reason));
  try {
    const definition = resolveTask(task, call.site);
    const store = resolveStore(options.store, call.site);
    if (definition instanceof Promise) void startLater(lane, definition, store);
    else lane.start(definition, store);
  } catch (reason) {
    lane.fail(reason);
  }
}

async function startLater(
  lane: CallLane,
  defining: Promise<TaskDefinition>,
  store: CapturedTask | undefined,
): Promise<void> {
  try {
    lane.start(await defining, store);
  } catch (reason) {
    lane.fail(reason);
  }
}
