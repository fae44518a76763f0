import { assertWellFormed } from '../../../bytes/well-formed.ts';
import { describeValue } from '../../../errors/describe.ts';

/**
 * Quotes `schema.table` or `table`, so that it means nothing else. A name that holds dots is given by its parts, as an
 * array.
 */
export function quoteTable(table: string | readonly string[]): string {
  const parts = typeof table === 'string' ? table.split('.') : table;
  return parts.map(quoteName).join('.');
}

export function quoteName(name: string): string {
  // The server would read half of a character as another name.
  assertWellFormed(name, 'the name of a table or column');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Checks the name of a table, and returns it: parts as a copy, which is the call's own. */
export function takeTable(table: unknown): string | readonly string[] {
  const parts: readonly unknown[] =
    typeof table === 'string' ? table.split('.') : Array.isArray(table) ? [...(table as unknown[])] : [];
  const isName = (part: unknown): boolean => typeof part === 'string' && part !== '' && !part.includes('\0');
  if (parts.length >= 1 && parts.length <= 2 && parts.every(isName)) {
    return typeof table === 'string' ? table : (parts as readonly string[]);
  }
  throw new TypeError(
    `Expected the name of a table, such as 'events' or 'public.events', got ${describeValue(table)}.`,
  );
}
