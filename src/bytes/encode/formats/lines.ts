import { assertWellFormed } from '../../well-formed.ts';
import { describeEncoded } from './describe-encoded.ts';

/** Writes a text, a number or a bigint on a line of its own. */
export function writeLine(record: unknown): string {
  if (typeof record === 'number' || typeof record === 'bigint') return `${record}`;
  if (typeof record !== 'string') {
    throw new TypeError(
      `Expected a text for a line, got ${describeEncoded(record)}. Make it one in a .cpu() stage, or write NDJSON.`,
    );
  }
  if (record.indexOf('\n') >= 0 || record.indexOf('\r') >= 0) {
    throw new TypeError('Expected a text without line breaks, which would be two lines when it is read.');
  }
  assertWellFormed(record, 'a text');
  return record;
}
