import { availableParallelism } from 'node:os';
import type { CallOptions, RunSummary, Task, TelarError } from '../../../src/index.ts';
import type { Isolation } from '../../../src/options/pool-options.ts';
import type { WorkerPool } from '../../../src/options/worker-pool.ts';
import type { Items, Options } from '../programs/program.ts';
import { type Item, perform, performItem } from '../programs/tasks.ts';
import type { Watch } from '../watch.ts';

/** Resources that the programs of a group share. */
export interface Ground {
  readonly pools: readonly { readonly pool: WorkerPool; readonly isolate: Isolation }[];
  /** For journals. */
  readonly folder: string;
  /** Makes the name of a call that is kept: on a cluster, in the place of a journal. */
  readonly nameRun?: (() => string) | undefined;
}

/** The reason of every abort. */
export const REASON: Error = new Error('enough');

/** One run of a call: its signal, its listeners, and what they saw. */
export class Attempt {
  readonly signal: AbortSignal;
  summary: RunSummary | undefined;
  summaries = 0;
  readonly #watch: Watch;
  readonly #options: Options;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(watch: Watch, options: Options) {
    this.#watch = watch;
    this.#options = options;
    this.signal = this.#controller.signal;
  }

  /** Starts what aborts the call. */
  begin(): void {
    const { abort } = this.#options;
    if (abort?.at === 'before') this.#controller.abort(REASON);
    else if (abort?.at === 'time') this.#timer = setTimeout(() => this.#controller.abort(REASON), abort.ms);
  }

  pulled(pull: number): void {
    const { abort } = this.#options;
    if (abort?.at === 'pull' && abort.pull === pull) this.#controller.abort(REASON);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** The options that calls and ends of pipelines have in common. */
  listeners(): Pick<CallOptions, 'signal' | 'onProgress' | 'onSummary'> {
    const { abort, listens } = this.#options;
    return {
      ...(abort !== undefined && { signal: this.signal }),
      ...(listens && { onProgress: () => this.#watch.here('onProgress') }),
      onSummary: (summary) => {
        this.#watch.here('onSummary');
        this.summary = summary;
        this.summaries++;
      },
    };
  }

  /** `retries`, as a number or as rules. */
  retries(): CallOptions['retries'] {
    const { retries, retryRules } = this.#options;
    if (!retryRules) return retries;
    return {
      retries,
      delay: (attempts: number) => {
        this.#watch.here('retries.delay');
        return attempts % 2;
      },
      when: ({ name }: TelarError) => {
        this.#watch.here('retries.when');
        return name === 'TaskError';
      },
    };
  }
}

/** Which workers a call runs on: a pool of the group, the shared one, or more than that has. */
export function placeOf({ pool }: Options, { pools }: Ground): { pool?: WorkerPool; workers?: number } {
  if (pool === 'shared') return { workers: 1 };
  if (pool === 'own') return { workers: availableParallelism() + 1 };
  // One of its own is the only one on its ground.
  const at = typeof pool === 'object' ? 0 : pool;
  return { pool: (pools[at % pools.length] as Ground['pools'][number]).pool };
}

export function isolationOf({ pool }: Options, { pools }: Ground): Isolation {
  if (typeof pool === 'object') return pool.spec.isolate;
  return typeof pool === 'number'
    ? (pools[pool % pools.length] as Ground['pools'][number]).isolate
    : 'thread';
}

/** The task: by reference where the items say what to do, else a closure that knows. */
export function makeTask({ payload, acts }: Items): Task<Item, unknown> {
  if (payload === 'objects') return performItem as Task<never, unknown> as Task<Item, unknown>;
  const script = Object.fromEntries(acts);
  return (item, _, context) =>
    perform(script[typeof item === 'object' ? item.n : Number(item)], item, context);
}
