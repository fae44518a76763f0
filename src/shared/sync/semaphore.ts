import { assertCount, optionError } from '../../options/check.ts';
import { Hold } from './hold.ts';
import { type ThreadDeaths, watchThreads } from './lifelines.ts';
import type { WaitOptions } from './mutex.ts';
import { countFree, countLost, createPermits, take, takeSync, tryTakeAny } from './permits.ts';
import { setSeal } from '../seal/seal.ts';
import { assertMayBlock, assertSignal, type Cells } from './waiting.ts';
import { recogniseCopies } from '../../realm/thread-registry.ts';

const MOST = 65_536;

/**
 * A number of permits for the whole process, whatever thread asks: a limit for what tasks do at the same time.
 *
 * Those who wait are served in no order. The permit of a thread that died goes to the next one who waits, and `lost`
 * counts it.
 *
 * Cost: 0.1 µs when a permit is free, and 4 bytes and a look at each.
 *
 * @example
 * ```ts
 * const connections = new Semaphore(4);
 * await parallelMap(urls, async (url) => {
 *   using _permit = await connections.acquire();
 *   return await load(url);
 * });
 * ```
 */
export class Semaphore {
  /** @internal */
  readonly cells: Cells;
  /** @internal */
  readonly obituaries: ThreadDeaths;

  constructor(permits: number) {
    // `assertCount` lets `undefined` pass, as options may be left out; the number of permits may not.
    assertCount(permits ?? null, 'permits');
    if (permits > MOST)
      throw optionError(`Expected at most ${MOST} \`permits\`, got ${permits}.`, RangeError);
    const { cells, obituaries } = createPermits(permits, watchThreads());
    this.cells = cells;
    this.obituaries = obituaries;
    setSeal(this, { 'telar.shared': 'semaphore', cells, obituaries });
    Object.freeze(this);
  }

  /** Number of permits that are free at this moment. */
  get free(): number {
    return countFree(this);
  }

  /** Number of permits that came back because their thread died. */
  get lost(): number {
    return countLost(this);
  }

  /** Waits for a permit, without blocking the thread. */
  async acquire(options?: WaitOptions): Promise<Hold> {
    assertSignal(options);
    return new Hold(this, (await take(this, options?.signal)).at);
  }

  /** Waits for a permit, and blocks the thread: for tasks without `await`. Throws on the main thread. */
  acquireSync(): Hold {
    assertMayBlock('acquireSync()', 'acquire()');
    return new Hold(this, takeSync(this).at);
  }

  /** Takes a permit if one is free now. */
  tryAcquire(): Hold | undefined {
    const taken = tryTakeAny(this);
    return taken && new Hold(this, taken.at);
  }
}

recogniseCopies(Semaphore, 'Semaphore');
