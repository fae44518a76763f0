import { keepHere, type Staying } from '../../realm/stays-here.ts';
import { optionError } from '../../options/check.ts';
import { assertCloseOptions, takePoolOptions, type PoolOptions } from '../../options/pool-options.ts';
import { describeHost, isNode } from '../../machine/host.ts';
import { requireOwn } from '../../machine/own-files.ts';
import { findNestedServer } from '../../wire/message/nested.ts';
import type { CloseOptions, PoolStats, WorkerPool } from '../../options/worker-pool.ts';
import { type Budget, divideBudget } from './budget.ts';
import { Dispatch } from './dispatch/dispatch.ts';
import type { DispatchLimits } from './dispatch/limits.ts';
import type { SessionHost } from '../hosts/host.ts';
import { Admission } from '../work/admission.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import { NestedHost } from '../hosts/nested.ts';
import { Threads } from '../hosts/threads.ts';
import { describeWorkers } from '../hosts/worker-record.ts';
import { nameDisposal } from '../../realm/disposal.ts';

/** Path of the module for processes, set by the bundler, which puts that file beside this one. */
declare const BUNDLED_PROCESSES: string | undefined;
const PROCESSES = typeof BUNDLED_PROCESSES === 'string' ? BUNDLED_PROCESSES : '../../../bundle/processes.cjs';

const IMPORT_TIMEOUT = 30_000;
const START_TIMEOUT = 30_000;
const GRACE = 50;

/** The engine room of each open pool, which only calls may enter. */
const dispatches = new WeakMap<WorkerPool, Dispatcher>();

/** Opens a pool of another kind to calls: one whose workers are elsewhere. */
export function registerPool(pool: WorkerPool, dispatcher: Dispatcher): void {
  dispatches.set(pool, dispatcher);
}

/** Closes such a pool to calls. */
export function unregisterPool(pool: WorkerPool): void {
  dispatches.delete(pool);
  closed.add(pool);
}

const STAYING: Staying = {
  noun: 'a pool',
  fix: 'Leave it out: what a task calls runs on its own worker.',
};

/** Pools of another kind that take no more calls. */
const closed = new WeakSet<WorkerPool>();

/**
 * Workers that several calls share, of one kind, with what they may take of the machine. `Pool` of `calls/` is what users
 * make.
 */
export class Pool implements WorkerPool {
  readonly workers: number;
  readonly #host: SessionHost;
  readonly #dispatch: Dispatch;
  /** Processes for items that have ended their thread, once there was one. */
  #suspects: { readonly host: SessionHost; readonly dispatch: Dispatch } | undefined;
  #closed: Promise<void> | undefined;
  #isForced = false;

  constructor(given?: PoolOptions) {
    const options = takePoolOptions(given);
    keepHere(this, STAYING);
    const nested = findNestedServer();
    if (nested === undefined) {
      const budget = divideBudget(options);
      const { workers, resourceLimits } = budget;
      const { isolate = 'thread', memory } = options;
      const limits = resolveLimits(options, budget);
      assertProcesses(isolate);
      const open = (): SessionHost => openProcesses(budget, memory);
      const openSuspects = (): Dispatch => {
        if (this.#suspects === undefined) {
          const host = open();
          this.#suspects = { host, dispatch: new Dispatch(host, limits) };
        }
        return this.#suspects.dispatch;
      };
      this.workers = workers;
      this.#host = isolate === 'process' ? open() : new Threads(workers, resourceLimits);
      this.#dispatch = new Dispatch(this.#host, limits, isolate === 'suspects' ? openSuspects : undefined);
    } else {
      // All that a task starts runs on its own worker.
      this.workers = 1;
      this.#host = new NestedHost(nested);
      this.#dispatch = new Dispatch(this.#host, resolveLimits(options, undefined));
    }
    dispatches.set(this, this.#dispatch);
  }

  /** Lets the calls in progress finish, or ends them with `force: true`, and then the workers. */
  async close(options?: CloseOptions): Promise<void> {
    assertCloseOptions(options);
    this.#isForced ||= options?.force === true;
    this.#closed ??= this.#close();
    if (this.#isForced) {
      this.#dispatch.cutOff();
      this.#suspects?.dispatch.cutOff();
    }
    await this.#closed;
  }

  /** Tells what the pool does now. */
  stats(): PoolStats {
    const records = [this.#host, this.#suspects?.host].flatMap((host) => host?.listRecords?.() ?? []);
    return describeWorkers(records, this.#dispatch.runs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  static {
    nameDisposal(this.prototype, 'asyncDispose');
  }

  async #close(): Promise<void> {
    dispatches.delete(this);
    await this.#dispatch.drained();
    await Promise.all([
      this.#dispatch.endAll().then(() => this.#host.close(this.#isForced)),
      this.#suspects?.dispatch.endAll().then(() => this.#suspects?.host.close(this.#isForced)),
    ]);
  }
}

function resolveLimits(options: PoolOptions, budget: Budget | undefined): DispatchLimits {
  const {
    importTimeout = IMPORT_TIMEOUT,
    startTimeout = START_TIMEOUT,
    grace = GRACE,
    maxItemsPerWorker,
    maxMemoryPerWorker,
    maxQueue,
  } = options;
  const recycle = budget && { items: maxItemsPerWorker, memory: maxMemoryPerWorker ?? budget.share };
  // A nested session lives on a thread that has started.
  const isNested = budget === undefined;
  // Nothing waits for another on its own worker.
  const admission = isNested || maxQueue === undefined ? undefined : new Admission(budget.workers, maxQueue);
  return { importTimeout, startTimeout: isNested ? Infinity : startTimeout, grace, recycle, admission };
}

/** Refuses processes on Bun and Deno, which hand no open files on to their children, by which a slot is shared. */
function assertProcesses(isolate: PoolOptions['isolate']): void {
  if (isNode || isolate === undefined || isolate === 'thread') return;
  throw optionError(
    `\`isolate: '${isolate}'\` needs Node.js, and this is ${describeHost()}: leave the option out, and workers are threads.`,
  );
}

/** Opens a host of processes, loaded on demand, since most programs run on threads. */
function openProcesses({ workers, resourceLimits }: Budget, memory: number | undefined): SessionHost {
  const { Processes } = requireOwn(PROCESSES, import.meta.url) as typeof import('../processes/processes.ts');
  return new Processes(workers, resourceLimits, memory);
}

/** Returns what a call needs of its pool. Throws where the pool is closed, or none of ours. */
export function enterPool(pool: WorkerPool): Dispatcher {
  const dispatch = dispatches.get(pool);
  if (dispatch !== undefined) return dispatch;
  if (pool instanceof Pool || closed.has(pool))
    throw new Error('The pool is closed: it takes no more calls.');
  throw optionError('Expected `pool` to be a Pool of Telar: `new Pool({ workers: 4 })`.');
}

/** Returns what admits calls to a pool, where the pool takes only so many. Throws as `enterPool` does. */
export function findAdmission(pool: WorkerPool): Admission | undefined {
  const dispatch = enterPool(pool);
  return dispatch instanceof Dispatch ? dispatch.limits.admission : undefined;
}

let shared: Pool | undefined;

/** Returns the pool of all calls that name none: a worker for each core, started when they are needed. */
export function sharedPool(): Pool {
  // A caller that closed the shared pool, as tests do, is served by a new one next time.
  if (shared === undefined || !dispatches.has(shared)) shared = new Pool();
  return shared;
}
