import { assertWellFormed } from '../../../bytes/well-formed.ts';
import { isPlain } from '../../../realm/plain.ts';

/**
 * Refuses a part of a statement that the server would read as another one: half of a character would be U+FFFD, and NUL
 * the end of the text.
 */
export function assertStatementText(text: string, what: string): void {
  assertWellFormed(text, what);
  if (!text.includes('\0')) return;
  throw new TypeError(`Expected ${what} to be text as PostgreSQL reads it, got a NUL character within it.`);
}

/**
 * Checks a parameter, and returns a copy of it: it is sent when the first row is asked for. Refuses one with a text in it
 * that would arrive as another one. Objects travel as JSON, which escapes such text.
 */
export function takeParameter(value: unknown, what: string): unknown {
  if (typeof value === 'string') assertWellFormed(value, what);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => takeParameter(element, what));
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (Object.getPrototypeOf(value) === Date.prototype) return new Date(value as Date);
  // Other objects may have a form of their own for pg.
  return isPlain(value) && !('toPostgres' in value) && !('toJSON' in value)
    ? (JSON.parse(JSON.stringify(value)) as unknown)
    : value;
}
