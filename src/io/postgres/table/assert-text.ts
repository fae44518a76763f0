import { assertWellFormed } from '../../../bytes/well-formed.ts';

/**
 * Refuses a part of a statement that the server would read as another one: half of a character would be U+FFFD, and NUL
 * the end of the text.
 */
export function assertStatementText(text: string, what: string): void {
  assertWellFormed(text, what);
  if (!text.includes('\0')) return;
  throw new TypeError(`Expected ${what} to be text as PostgreSQL reads it, got a NUL character within it.`);
}

/** Refuses a parameter with a text in it that would arrive as another one. Objects travel as JSON, which escapes such text. */
export function assertParameter(value: unknown, what: string): void {
  if (typeof value === 'string') assertWellFormed(value, what);
  else if (Array.isArray(value)) for (const element of value) assertParameter(element, what);
}
