import { isPromise } from 'node:util/types';
import { describeValue } from '../../errors/describe.ts';
import { shareOnThread } from '../../realm/thread-registry.ts';

/** A value that every worker makes for itself: call the handle to get it. */
export type PerWorker<Value> = () => Value;

/** The form in which a handle travels: its identity, and the function that makes the value. */
export interface PerWorkerSource {
  readonly id: string;
  readonly create: () => unknown;
}

// The symbol is registered: a handle made by another copy of Telar in the process is as good.
const key = Symbol.for('telar.perWorker');
// The registry of the thread holds the values: those that a module made with the Telar that it imports are closed by
// the worker's entry.
const values = shareOnThread('perWorker values', () => new Map<string, unknown>());
const prefix = Math.random().toString(36).slice(2);
let count = 0;

/**
 * Describes a value that is made once in each worker, at its first use there, and kept for all later items.
 *
 * @example
 * ```ts
 * const words = perWorker(() => new Set(readFileSync('words.txt', 'utf8').split('\n')));
 * const known = await parallelMap(texts, (text) => text.split(' ').filter((word) => words().has(word)));
 * ```
 *
 * @remarks
 * The handle may be captured by any task; `create` travels as a captured function does. When `create` is async, so
 * is the handle: `await db()`. What `create` throws is thrown by the handle, and the next call tries again. A value
 * with `Symbol.asyncDispose` or `Symbol.dispose` is disposed when its worker closes. On the main thread the handle
 * works the same way, once for that thread, and is never disposed.
 */
export function perWorker<Value>(create: () => Value): PerWorker<Value> {
  if (typeof create !== 'function') {
    throw new TypeError(`Expected a function that makes the value, got ${describeValue(create)}.`);
  }
  count += 1;
  return createHandle(`${prefix}:${count}`, () => create);
}

/**
 * Creates the handle with this identity on this thread.
 *
 * @param findMaker - Returns the function that makes the value, once it is asked for. The handle travels on with it, in calls
 * that a task makes.
 */
export function createHandle<Value>(id: string, findMaker: () => () => Value): PerWorker<Value> {
  const handle = (): Value => {
    if (!values.has(id)) values.set(id, forgetFailure(id, findMaker()()));
    return values.get(id) as Value;
  };
  Object.defineProperty(handle, key, { get: (): PerWorkerSource => ({ id, create: findMaker() }) });
  return handle;
}

/** Finds the identity and the maker of a handle, if `value` is one. */
export function findPerWorkerSource(value: object): PerWorkerSource | undefined {
  return Reflect.get(value, key) as PerWorkerSource | undefined;
}

/**
 * Disposes the values of this thread, the newest first.
 *
 * @remarks All are disposed even when some fail; the failures are thrown together afterwards.
 */
export async function disposeWorkerValues(): Promise<void> {
  const made = [...values.values()].reverse();
  values.clear();
  const failures: unknown[] = [];
  for (const value of made) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- a value may use those made before it.
      await disposeValue(await value);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1)
    throw new AggregateError(failures, `${failures.length} perWorker values failed to close.`);
}

/** Forgets a promise that rejects, which makes room for another try; its caller sees the rejection. */
function forgetFailure(id: string, value: unknown): unknown {
  if (isPromise(value)) value.catch(() => values.delete(id));
  return value;
}

async function disposeValue(value: unknown): Promise<void> {
  const { [Symbol.asyncDispose]: disposeAsync, [Symbol.dispose]: dispose } = Object(value) as Partial<
    AsyncDisposable & Disposable
  >;
  if (disposeAsync !== undefined) await disposeAsync.call(value as AsyncDisposable);
  else if (dispose !== undefined) dispose.call(value as Disposable);
}
