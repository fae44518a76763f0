import { setTimeout as sleep } from 'node:timers/promises';
import { captureContext } from '../../async/async-context.ts';
import { Sizer } from '../../flow/chunk/sizing.ts';
import type { Dispatcher } from '../../flow/work/dispatcher.ts';
import { WorkInContext } from '../../flow/work/work-in-context.ts';
import { type NodeChunk, termsOf } from './node-chunk.ts';
import { Relay } from './relay.ts';
import { RelayEvents } from './relay-events.ts';

/** Milliseconds after which a chunk gives back what has not begun, so that a slow node holds nobody up. */
const LONGEST = 2000;

/** Milliseconds between two looks for a worker that starts. */
const LOOK = 10;
/** Milliseconds of the longest wait for a worker that starts. */
const LONGEST_START = 30_000;

/** Terms on which one chunk runs. */
export interface RunTerms {
  /** Milliseconds after which what has not begun goes back. `@defaultValue` 2,000 */
  readonly longest?: number;
  /** Called once a worker is ready, before it is sent anything. */
  readonly onReady?: () => Promise<void>;
}

/** A chunk that runs on the pool of a node. */
interface RunningChunk {
  readonly run: string;
  readonly number: number;
  /** Ends the chunk, whose outcomes nobody wants any more. */
  readonly cancel: () => void;
}

type IsOutstanding = (run: string, number: number) => Promise<boolean>;

/** Number of runs that are remembered as over. */
const MOST_ENDED = 1000;

/** Runs chunks on the pool of a node. */
export class ChunkRunner {
  readonly #workers: number;
  readonly #isOutstanding: IsOutstanding;
  readonly #sizers = new Map<string, Sizer>();
  readonly #running = new Map<Relay, RunningChunk>();
  /** Runs that are over: a chunk of one may be on its way in here. */
  readonly #ended = new Set<string>();
  #isDraining = false;

  /** @param isOutstanding - Asks the broker whether somebody waits for a chunk. */
  constructor(workers: number, isOutstanding: IsOutstanding) {
    this.#workers = workers;
    this.#isOutstanding = isOutstanding;
  }

  /** The chunks that run. */
  get running(): RunningChunk[] {
    return [...this.#running.values()];
  }

  /** Makes ready what a chunk runs by, on workers that have not died on it. */
  open(given: NodeChunk): Relay {
    const { definition, head, chunk } = given;
    // What became of a block is one whole, so each goes to a worker by itself.
    const isBlock = definition.kind === 'chain' && definition.decode !== undefined;
    const isWhole = isBlock || chunk.header === 'undecided';
    return new Relay(definition, chunk, {
      ...termsOf(given),
      workers: chunk.header === 'undecided' ? 1 : this.#workers,
      sizer: isWhole ? new Sizer(isBlock ? 1 : chunk.items.length) : this.#sizerOf(head.task),
    });
  }

  /** Runs a chunk on a pool. Resolves with whether anybody still wants what became of it. */
  async run(
    { run, number }: Pick<NodeChunk, 'run' | 'number'>,
    relay: Relay,
    dispatch: Dispatcher,
    { longest = LONGEST, onReady }: RunTerms = {},
  ): Promise<boolean> {
    const work = new WorkInContext(relay, new RelayEvents(relay), captureContext());
    let isCancelled = false;
    const cancelled = new Promise<void>((resolve) => {
      const cancel = (): void => {
        isCancelled = true;
        relay.end();
        resolve();
      };
      const running = { run, number, cancel };
      this.#running.set(relay, running);
      if (this.#ended.has(run)) void this.#review(running);
    });
    const limit = longest === Infinity ? undefined : setTimeout(() => relay.stop(), longest);
    dispatch.attach(work, relay.terms.workers);
    relay.onBack = () => dispatch.wake(work);
    if (this.#isDraining) relay.stop();
    try {
      if (onReady !== undefined) {
        const until = performance.now() + LONGEST_START;
        while (dispatch.isUp === false && !relay.isOver && performance.now() < until) await sleep(LOOK);
        await onReady();
      }
      dispatch.wake(work);
      await Promise.race([relay.done, cancelled]);
      if (isCancelled) await dispatch.withdraw(work);
    } finally {
      clearTimeout(limit);
      dispatch.detach(work);
      this.#running.delete(relay);
    }
    return !isCancelled;
  }

  /**
   * Ends the chunks of a run that is over, unless they are of a later run of that name, or of one that its caller has put
   * there again.
   */
  cancel(run: string): void {
    this.#ended.add(run);
    if (this.#ended.size > MOST_ENDED) this.#ended.delete(this.#ended.values().next().value as string);
    for (const running of this.#running.values()) if (running.run === run) void this.#review(running);
  }

  /** Ends all chunks soon: each gives back what has not begun. */
  drain(): void {
    this.#isDraining = true;
    for (const relay of this.#running.keys()) relay.stop();
  }

  async #review({ run, number, cancel }: RunningChunk): Promise<void> {
    // A broker that cannot be asked is asked again with the next sign of life.
    if (!(await this.#isOutstanding(run, number).catch(() => true))) cancel();
  }

  #sizerOf(task: string): Sizer {
    let sizer = this.#sizers.get(task);
    if (sizer === undefined) this.#sizers.set(task, (sizer = new Sizer()));
    return sizer;
  }
}
