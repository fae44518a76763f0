import { enterPool, sharedPool } from '../../flow/pool/pool.ts';
import type { Dispatcher, NamedDispatcher, RunName } from '../../flow/work/dispatcher.ts';
import type { Work } from '../../flow/work/work.ts';
import type { RemoteCounts } from '../../progress/summary.ts';
import { createDeferred, type Deferred, raceTime } from '../../async/deferred.ts';
import { needsNoTasks } from '../tasks/identify.ts';
import { NamedDispatch } from './named/named-dispatch.ts';
import { RemoteRun } from './remote-run.ts';
import type { Shards } from './shards.ts';
import type { RunFacts } from './chunk/run-facts.ts';

/** Milliseconds of work for each thread of a node in one chunk: long against the 2 ms that a chunk costs. */
const CHUNK_TIME = 400;
/** Milliseconds that nodes have to hear of an end. */
const GRACE = 50;
/** Milliseconds for which a call waits until the end of its run is said, and a cluster that is closed for those of all. */
const FAREWELL = 200;
const LAST_FAREWELL = 6000;

/** Hands the chunks of runs to the nodes of a cluster, as `Dispatch` does to the workers of a pool. */
export class RemoteDispatch implements Dispatcher {
  readonly grace: number = GRACE;
  readonly suspects = undefined;
  readonly isRemote = true;
  readonly chunkTime: () => number = () => CHUNK_TIME * this.#shards.perNode;
  readonly #shards: Shards;
  readonly #runs = new Map<Work, RemoteRun>();
  /** Runs that need no node. */
  readonly #local = new Map<Work, Dispatcher>();
  readonly #facts = new WeakMap<Work, RunFacts>();
  /** Ends of runs of which the broker has not heard yet. */
  readonly #goodbyes = new Set<Promise<void>>();
  #onDrained: Deferred<void> | undefined;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** Gives the dispatcher for a run that may be gone on with under its name. */
  readonly name = (name: RunName): NamedDispatcher => new NamedDispatch(this, name);

  attach(work: Work): void {
    this.attachAs(work, undefined);
  }

  attachAs(work: Work, name: RunName | undefined): void {
    const place = this.#shards.placeFor(name?.id);
    const run = new RemoteRun(work, place, name);
    this.#runs.set(work, run);
    this.#facts.set(work, run.outstanding.facts);
    place.connect();
  }

  detach(work: Work): void {
    void this.#end(work);
    this.#local.get(work)?.detach(work);
    this.#local.delete(work);
    this.#forget(work);
  }

  wake(work: Work): void {
    const { definition } = work.terms;
    if (definition !== undefined && needsNoTasks(definition)) this.#runHere(work);
    else this.#runs.get(work)?.wake();
  }

  withdraw(work: Work): Promise<void> | undefined {
    return this.#local.get(work)?.withdraw(work) ?? this.#end(work);
  }

  countRemote(work: Work): RemoteCounts | undefined {
    return this.#facts.get(work)?.counts;
  }

  /** Number of runs that are on the cluster, and of their items that the broker has. */
  get counts(): { readonly runs: number; readonly inFlight: number } {
    let inFlight = 0;
    for (const run of this.#runs.values()) inFlight += run.outstanding.items;
    return { runs: this.#runs.size, inFlight };
  }

  /** Does nothing more for a run that has a name, until it is known how it ended. */
  pause(work: Work): undefined {
    this.#runs.get(work)?.pause();
    return undefined;
  }

  /** Deletes a run that has a name, or lets it go. */
  async finish(work: Work, isComplete: boolean, pulled: number | undefined): Promise<void> {
    try {
      await this.#runs.get(work)?.finish(isComplete, pulled);
    } finally {
      this.#forget(work);
    }
  }

  holds(work: Work): boolean {
    return this.#local.get(work)?.holds(work) ?? this.#runs.get(work)?.isBusy ?? false;
  }

  /** Resolves when no run is on the cluster any more, and the broker has deleted them, unless it cannot be reached. */
  async drained(): Promise<void> {
    if (this.#runs.size > 0) await (this.#onDrained ??= createDeferred()).promise;
    await raceTime(Promise.all(this.#goodbyes), LAST_FAREWELL);
  }

  /** Runs what only reads and writes records on the threads of this machine: nodes know nothing of it. */
  #runHere(work: Work): void {
    let local = this.#local.get(work);
    if (local === undefined && this.#runs.has(work)) {
      const pool = sharedPool();
      local = enterPool(pool);
      this.#local.set(work, local);
      local.attach(work, pool.workers);
    }
    local?.wake(work);
  }

  /** Ends all runs now. */
  cutOff(): void {
    for (const work of this.#runs.keys()) work.cutOff();
  }

  /** Ends a run. Where the broker is slow, or is still being connected to, it is said behind the caller's back. */
  async #end(work: Work): Promise<void> {
    const goodbye = this.#runs.get(work)?.end();
    if (goodbye === undefined) return;
    this.#goodbyes.add(goodbye);
    void goodbye.finally(() => this.#goodbyes.delete(goodbye));
    await raceTime(goodbye, FAREWELL);
  }

  #forget(work: Work): void {
    this.#runs.delete(work);
    if (this.#runs.size === 0) this.#onDrained?.resolve();
  }
}
