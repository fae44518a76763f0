import { createDeferred, type Deferred } from '../../../async/deferred.ts';
import type { Chunk } from '../../chunk/chunk.ts';
import type { Work } from '../../work/work.ts';

/** A chunk of a run. */
export interface WorkChunk {
  readonly work: Work;
  readonly chunk: Chunk;
}

/** The runs that are on a pool, and in turn those that may have a chunk to hand out. */
export class RunQueue {
  readonly #attached = new Set<Work>();
  readonly #ready = new Set<Work>();
  #onDrained: Deferred<void> | undefined;

  /** All runs on the pool. */
  get attached(): ReadonlySet<Work> {
    return this.#attached;
  }

  /** Whether a run may have a chunk to hand out. */
  get isWaiting(): boolean {
    return this.#ready.size > 0;
  }

  /** Run that waits for a worker, or else any. */
  get first(): Work | undefined {
    const [first] = this.isWaiting ? this.#ready : this.#attached;
    return first;
  }

  add(work: Work): void {
    this.#attached.add(work);
  }

  delete(work: Work): void {
    this.#attached.delete(work);
    this.#ready.delete(work);
    if (this.#attached.size === 0) this.release();
  }

  /** Notes that a run has chunks again. Returns whether it is on the pool. */
  wake(work: Work): boolean {
    if (!this.#attached.has(work)) return false;
    this.#ready.add(work);
    return true;
  }

  /** Notes that a run has no chunk until it is woken. */
  rest(work: Work): void {
    this.#ready.delete(work);
  }

  has(work: Work): boolean {
    return this.#ready.has(work);
  }

  /** Takes the next chunk of the first run that has one, among those that may have it. */
  takeChunk(mayHave: (work: Work) => boolean): WorkChunk | undefined {
    for (const work of this.#ready) {
      if (!mayHave(work)) continue;
      const chunk = work.nextChunk();
      this.#ready.delete(work);
      if (chunk === undefined) continue;
      // The run goes to the end of the queue: runs take turns.
      this.#ready.add(work);
      return { work, chunk };
    }
    return undefined;
  }

  /** Takes all runs that may have a chunk: none of them has one until it is woken. */
  takeAll(): Work[] {
    const waiting = [...this.#ready];
    this.#ready.clear();
    return waiting;
  }

  /** Resolves when no run is on the pool any more, or those who wait for that are released. */
  async drained(): Promise<void> {
    if (this.#attached.size === 0) return;
    this.#onDrained ??= createDeferred();
    await this.#onDrained.promise;
  }

  /** Lets those go on who wait until no run is on the pool. */
  release(): void {
    this.#onDrained?.resolve();
  }
}
