import { describeEncoded } from './describe-encoded.ts';

/** Writes a record as JSON on a line of its own. */
export function writeJson(record: unknown): string {
  return stringifyJson(record, 'A result');
}

/**
 * Makes the JSON of a value.
 *
 * @param what - Name of the value, for the message when it has no JSON form.
 */
export function stringifyJson(value: unknown, what: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (cause) {
    // The `toJSON` of an object may throw anything.
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'its toJSON() threw no error.';
    throw new TypeError(`${what} has no JSON form: ${reason}`, { cause });
  }
  if (text === undefined) throw new TypeError(`${what} has no JSON form: it is ${describeEncoded(value)}.`);
  return text;
}
