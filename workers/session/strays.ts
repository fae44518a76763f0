import { AsyncLocalStorage } from 'node:async_hooks';
import { provideContext, type TaskContext } from '../../src/wire/message/current-context.ts';

/** A runner of items, which is told of an error that nobody caught, and of the item that left it where known. */
export interface StrayListener {
  stray(thrown: unknown, index: number | undefined): void;
}

/** Origin of an asynchronous leftover: one item, or a stretch of very short ones. */
interface Origin {
  readonly listener: StrayListener;
  readonly index: number | undefined;
  /** The context of the item, or of the one that runs of a stretch. */
  readonly context: TaskContext;
}

const origins = new AsyncLocalStorage<Origin>();
// These functions are taken now, since tasks may replace them.
const enter = origins.enterWith.bind(origins);
const look = origins.getStore.bind(origins);

provideContext(() => look()?.context);

/**
 * Marks all that runs, and is left running, from here on as of this item, or of one of a stretch of short ones.
 *
 * @param context - The context that the item is called with.
 */
export function enterItem(listener: StrayListener, index: number | undefined, context: TaskContext): void {
  enter({ listener, index, context });
}

/** Marks, after a chunk, all that comes now as left by no item. */
export function leaveItems(): void {
  enter(undefined as never);
}

/**
 * Catches what tasks leave behind: the throw of a forgotten timer, the rejection of a promise that nobody awaits.
 * Without this the worker would die, and with it an innocent item.
 *
 * @param fallback - Finds the listener for errors that come from no item.
 */
export function watchStrays(fallback: () => StrayListener | undefined): void {
  const report = (thrown: unknown): void => {
    const origin = look();
    const listener = origin?.listener ?? fallback();
    // Before the first session nothing of a user has run: the worker itself cannot start, and must say so by dying.
    if (listener === undefined) throw thrown;
    listener.stray(thrown, origin?.index);
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}
