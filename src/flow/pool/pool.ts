import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { assertPoolOptions, type PoolOptions } from '../../options.ts';
import { findNestedServer } from '../../wire/nested.ts';
import type { WorkerPool } from '../../worker-pool.ts';
import { Dispatch } from './dispatch.ts';
import type { SessionHost } from './host.ts';
import { NestedHost } from './nested.ts';
import { Threads } from './threads.ts';

/** Set by the bundler, which puts that file beside this one. */
declare const BUNDLED_PROCESSES: string | undefined;
const PROCESSES = typeof BUNDLED_PROCESSES === 'string' ? BUNDLED_PROCESSES : '../processes/processes.js';

const IMPORT_TIMEOUT = 30_000;
const GRACE = 50;

/** The engine room of a pool, which only calls may enter. */
const dispatches = new WeakMap<WorkerPool, Dispatch>();

/**
 * A set of workers that several calls share, fairly: each has its turn, chunk by chunk. Workers are threads, or with
 * `isolate: 'process'` processes.
 *
 * Threads start when they are first needed, about 40 ms and 9 MB each, and stay until `close`. An idle pool does not
 * keep the process alive. Inside a task, a pool adds no threads: its calls run on the task's own worker.
 *
 * @example
 * ```ts
 * await using pool = new Pool({ workers: 4 });
 * const [small, large] = await Promise.all([
 *   parallelMap(thumbnails, encode, { pool }),
 *   parallelMap(posters, encode, { pool }),
 * ]);
 * ```
 */
export class Pool implements WorkerPool {
  readonly workers: number;
  readonly #host: SessionHost;
  readonly #dispatch: Dispatch;
  #closed: Promise<void> | undefined;

  constructor(options?: PoolOptions) {
    assertPoolOptions(options);
    const nested = findNestedServer();
    this.workers = nested === undefined ? (options?.workers ?? countCores()) : 1;
    this.#host = nested === undefined ? openHost(this.workers, options) : new NestedHost(nested);
    this.#dispatch = new Dispatch(this.#host, {
      importTimeout: options?.importTimeout ?? IMPORT_TIMEOUT,
      grace: options?.grace ?? GRACE,
    });
    dispatches.set(this, this.#dispatch);
  }

  /**
   * Lets the calls in progress finish, refuses new ones, then ends the threads. Resolves when none is left. Calling
   * it twice is fine.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    dispatches.delete(this);
    await this.#dispatch.drained();
    await this.#dispatch.endAll();
    await this.#host.close();
  }
}

function openHost(workers: number, options: PoolOptions | undefined): SessionHost {
  const { isolate = 'thread', resourceLimits } = options ?? {};
  if (isolate === 'thread') return new Threads(workers, resourceLimits);
  // Loaded on demand: most programs run on threads.
  const require = createRequire(import.meta.url);
  const { Processes } = require(PROCESSES) as typeof import('../processes/processes.ts');
  return new Processes(workers, resourceLimits);
}

/** What a call needs of its pool. Throws where the pool is closed, or none of ours. */
export function enterPool(pool: WorkerPool): Dispatch {
  const dispatch = dispatches.get(pool);
  if (dispatch !== undefined) return dispatch;
  if (pool instanceof Pool) throw new Error('The pool is closed: it takes no more calls.');
  throw new TypeError('Expected `pool` to be a Pool of Telar: `new Pool({ workers: 4 })`.');
}

let shared: Pool | undefined;

/** The pool of all calls that name none: a worker for each core, started when they are needed. */
export function sharedPool(): Pool {
  // Whoever closed it, as tests do, is served by a new one next time.
  if (shared === undefined || !dispatches.has(shared)) shared = new Pool();
  return shared;
}

/** Cores this process may use: a container's quota counts, of which Node 20 knows nothing. */
function countCores(): number {
  const quota = readCpuQuota();
  const cores = availableParallelism();
  return quota === undefined ? cores : Math.max(1, Math.min(cores, Math.floor(quota)));
}

/** CPUs that the container grants (cgroup v2, then v1); `undefined` where there is no limit. */
function readCpuQuota(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const unified = readNumbers('/sys/fs/cgroup/cpu.max');
  const [quota, period] = unified ?? [
    readNumbers('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')?.[0],
    readNumbers('/sys/fs/cgroup/cpu/cpu.cfs_period_us')?.[0],
  ];
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return quota / period;
}

function readNumbers(path: string): number[] | undefined {
  try {
    // An import would read all that node:fs exports, and so load streams and promises: 12 ms.
    const { readFileSync } = process.getBuiltinModule('node:fs');
    return readFileSync(path, 'utf8').trim().split(/\s+/).map(Number);
  } catch {
    // No such controller here.
    return undefined;
  }
}
