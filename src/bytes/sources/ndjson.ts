import type { BytesInput } from '../read/open-blocks.ts';
import type { ByteSource } from '../source.ts';
import { openLineRecords } from './lines.ts';
import { assertSource, type SourceOptions } from './source-options.ts';

/**
 * Reads the values of newline-delimited JSON. Blank lines are passed over; a line that is no JSON is malformed, as in
 * `lines`. A property `__proto__` is a property like any other.
 *
 * @example
 * ```ts
 * await pipeline(ndjson<Event>('events/*.ndjson')).filter((event) => event.status >= 500).to(toNdjson('errors.ndjson'));
 * ```
 */
export function ndjson<T = unknown>(input: BytesInput, options: SourceOptions = {}): ByteSource<T> {
  assertSource(input, options);
  return openLineRecords<T>(input, 'ndjson', options);
}
