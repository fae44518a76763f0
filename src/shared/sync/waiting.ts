import { createDeferred } from '../../async/deferred.ts';
import { onAbort } from '../../async/on-abort.ts';
import { optionError } from '../../options/check.ts';
import { isMainThread } from 'node:worker_threads';

export type Cells = Int32Array & { readonly buffer: SharedArrayBuffer };

/**
 * The longest that a thread waits, in ms, before it looks again by itself: for what the dead held, and for a wake-up
 * that went to a thread that did not live to see it.
 */
const SLICE = 50;

type WaitAsync = (
  cells: Cells,
  at: number,
  value: number,
  timeout: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<'ok' | 'timed-out'> };

/** `Atomics.waitAsync`, which Node has from 16 on, and the types from ES2024. */
const { waitAsync } = Atomics as unknown as { readonly waitAsync: WaitAsync };

/** Waits until a cell is woken, at most for a slice of time. Blocks the thread. */
export function sleepSync(cells: Cells, at: number, value: number): void {
  Atomics.wait(cells, at, value, SLICE);
}

/**
 * Waits until a cell is woken, at most for a slice of time. Keeps the process alive meanwhile, which
 * `Atomics.waitAsync` does not.
 */
export async function sleep(
  cells: Cells,
  at: number,
  value: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const wait = waitAsync(cells, at, value, SLICE);
  if (!wait.async) return;
  const end = createDeferred();
  const timer = setTimeout(end.resolve, SLICE);
  const stopListening = signal && onAbort(signal, end.resolve);
  try {
    await Promise.race([wait.value, end.promise]);
  } finally {
    clearTimeout(timer);
    stopListening?.();
  }
  if (signal?.aborted !== true) return;
  // A wake-up that comes now is meant for somebody who still waits.
  void wait.value.then((woken) => woken === 'ok' && wake(cells, at, 1));
  signal.throwIfAborted();
}

/** Wakes threads that sleep on a cell. What they wait for was stored before. */
export function wake(cells: Cells, at: number, count: number = Infinity): void {
  Atomics.add(cells, at, 1);
  Atomics.notify(cells, at, count);
}

export function assertMayBlock(name: string, instead: string): void {
  if (!isMainThread) return;
  throw new Error(`${name} would block the main thread: it is for workers. Use \`await …${instead}\` here.`);
}

export function assertSignal(options: { readonly signal?: AbortSignal | undefined } | undefined): void {
  const signal: unknown = options?.signal;
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw optionError('Expected `signal` to be an AbortSignal.');
}
