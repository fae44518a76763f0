import { recogniseCopies } from '../realm/thread-registry.ts';

/**
 * Every error that Telar itself raises. All are made on the main thread, so `instanceof` holds; what the task
 * threw is their `cause`.
 */
export class TelarError extends Error {
  override name = 'TelarError';
}

recogniseCopies(TelarError, 'TelarError');

/**
 * Gives an error fields that are not enumerable: its message has said them already, and printing would say them twice.
 */
export function hideFields(error: Error, fields: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
  }
}
