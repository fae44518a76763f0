import { shareOnThread } from '../../realm/thread-registry.ts';

/** Facts about the call of a task that runs, for the task. */
export interface TaskContext<Store = unknown> {
  /** 1 at the first try of this item, 2 at the second. */
  readonly attempt: number;
  /** Whether this item should stop: its call was aborted, or its time is over. Works inside a busy loop. */
  readonly aborted: boolean;
  /** Fires when this item should stop, for tasks that wait. */
  readonly signal: AbortSignal;
  /** The `store` of the call; `undefined` where it has none. One value for all items that run on one worker. */
  readonly store: Store;
}

interface Current {
  find: () => TaskContext | undefined;
}

/** Finds the context, on a worker: the module of a task may have another copy of Telar than the worker's entry. */
const current: Current = shareOnThread('current context', () => ({ find: () => undefined }));

/** Lets contexts be found on this thread. Called by whoever runs tasks. */
export function provideContext(find: () => TaskContext | undefined): void {
  current.find = find;
}

/**
 * Returns the context of the task that runs: its third argument, anywhere below it, also behind an `await`, and in a
 * task that `run` calls, which has no such argument. `undefined` where no task runs, such as on the main thread: a
 * function may be called on both.
 *
 * Cost: 0.1 µs.
 *
 * @experimental
 *
 * @example
 * ```ts
 * export async function load(url: string): Promise<string> {
 *   const response = await fetch(url, { signal: currentContext()?.signal });
 *   return await response.text();
 * }
 * ```
 */
export function currentContext<Store = unknown>(): TaskContext<Store> | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of the store is what the caller states.
  return current.find() as TaskContext<Store> | undefined;
}
