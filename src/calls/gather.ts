import { isPromise } from 'node:util/types';
import { assertSignal } from '../options/call-options.ts';
import { assertBoolean, assertCount, copyOptions } from '../options/check.ts';
import { describeValue } from '../errors/describe.ts';
import { onAbort } from '../async/on-abort.ts';

/** An asynchronous call that has not begun. Its signal fires when it should end. */
export type Call<T> = (signal: AbortSignal) => T | PromiseLike<T>;

/** Options of `gather`. */
export interface GatherOptions {
  /** Number of calls that are pending at once, from 1. `@defaultValue` all */
  readonly concurrency?: number | undefined;
  /** Ends the calls: `gather` rejects with `signal.reason`, once they have ended. */
  readonly signal?: AbortSignal | undefined;
  /** Whether failures are results, as with `Promise.allSettled`. `@defaultValue` false */
  readonly settle?: boolean | undefined;
}

type Calls = readonly Call<unknown>[] | Readonly<Record<string, Call<unknown>>>;
type Results<C> = { -readonly [K in keyof C]: C[K] extends Call<infer T> ? Awaited<T> : never };
type Outcomes<C> = {
  -readonly [K in keyof C]: C[K] extends Call<infer T> ? PromiseSettledResult<Awaited<T>> : never;
};

/**
 * Runs many asynchronous calls at once, and gives their results in the order, or under the names, of the calls.
 *
 * At the first failure the others are told to end through the signal that each was given, and no further one begins;
 * when all have ended, `gather` rejects with that failure. So nothing runs on behind its back (the promise of Python's
 * `asyncio.TaskGroup`). What fails after that is a consequence, and is dropped. With `settle: true` every call runs,
 * and failures are results.
 *
 * @example
 * ```ts
 * const [user, orders] = await gather([(signal) => fetchUser(1, signal), (signal) => fetchOrders(1, signal)]);
 * ```
 */
export function gather<const C extends Calls>(
  calls: C,
  options: GatherOptions & { readonly settle: true },
): Promise<Outcomes<C>>;
export function gather<const C extends Calls>(calls: C, options?: GatherOptions): Promise<Results<C>>;
export async function gather(calls: Calls, given: GatherOptions = {}): Promise<unknown> {
  const options = copyOptions(given, ['concurrency', 'signal', 'settle']);
  assertCount(options.concurrency, 'concurrency');
  assertBoolean(options.settle, 'settle');
  assertSignal(options.signal);
  const entries = listCalls(calls);
  const results: unknown[] = await new Gathering(
    entries.map(([, call]) => call),
    options,
  ).run();
  if (Array.isArray(calls)) return results;
  return Object.fromEntries(entries.map(([name], at) => [name, results[at]]));
}

class Gathering {
  readonly #calls: readonly Call<unknown>[];
  readonly #options: GatherOptions;
  readonly #controller = new AbortController();
  readonly #results: unknown[];
  #next = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(calls: readonly Call<unknown>[], options: GatherOptions) {
    this.#calls = calls;
    this.#options = options;
    this.#results = Array.from(calls, () => undefined);
  }

  async run(): Promise<unknown[]> {
    const { signal, concurrency = Infinity } = this.#options;
    signal?.throwIfAborted();
    const stopListening = signal === undefined ? undefined : onAbort(signal, () => this.#fail(signal.reason));
    try {
      const lines = Math.min(concurrency, this.#calls.length);
      await Promise.all(Array.from({ length: lines }, () => this.#work()));
    } finally {
      stopListening?.();
    }
    if (this.#failure !== undefined) throw this.#failure.reason;
    return this.#results;
  }

  /** Runs one call after the other. Never rejects. */
  async #work(): Promise<void> {
    while (this.#next < this.#calls.length && this.#failure === undefined) {
      const at = this.#next++;
      const call = this.#calls[at] as Call<unknown>;
      try {
        const value = await call(this.#controller.signal);
        this.#results[at] = this.#options.settle === true ? { status: 'fulfilled', value } : value;
      } catch (reason) {
        if (this.#options.settle === true) this.#results[at] = { status: 'rejected', reason };
        else this.#fail(reason);
      }
    }
  }

  #fail(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { reason };
    this.#controller.abort(reason);
  }
}

function listCalls(calls: unknown): [string, Call<unknown>][] {
  if (typeof calls !== 'object' || calls === null) {
    throw new TypeError(`Expected an array or an object of functions, got ${describeValue(calls)}.`);
  }
  if (!Array.isArray(calls) && Symbol.iterator in calls) {
    throw new TypeError(
      'Expected an array or an object of functions, got another iterable. Spread it: gather([...calls]).',
    );
  }
  // The holes of an array count, since results stand where their calls do.
  const entries: [string, unknown][] = Array.isArray(calls)
    ? Array.from(calls, (call: unknown, at) => [String(at), call])
    : Object.entries(calls);
  for (const [name, call] of entries) {
    if (typeof call === 'function') continue;
    const hint = isPromise(call) ? ' It has begun already: pass () => … instead.' : '';
    throw new TypeError(`Expected call ${name} to be a function, got ${describeValue(call)}.${hint}`);
  }
  return entries as [string, Call<unknown>][];
}
