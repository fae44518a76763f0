import { assertBoolean, assertCount, assertMilliseconds, optionError } from '../../../options/check.ts';
import { describeValue } from '../../../errors/describe.ts';

/** Options of a request. */
export interface RequestOptions {
  /** Method of the request. `@defaultValue` GET, or POST with a body */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Body of the request: what `fetch` takes, sent as `fetch` sends it, such as text, bytes, `URLSearchParams`,
   * `FormData`, a `Blob`, a stream or an async iterable of bytes. Plain objects and arrays are sent as JSON. A stream
   * is sent once: it is not retried, and a redirect that wants it again fails, unless it is given as a function that
   * makes it, which is called for each try.
   */
  readonly body?: unknown;
  /** Parameters that are added to the URL. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Signal that ends the request: it rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Number of tries beyond the first: after network errors and the statuses 408, 425, 429, 500, 502, 503 and 504, with
   * exponential delays, or as long as `Retry-After` says. Only methods that may be repeated are tried again (no POST or
   * PATCH), and no failure that another try cannot mend. `@defaultValue` 2
   */
  readonly retries?: number | undefined;
  /** Longest `Retry-After` that is waited for, in ms; a longer one fails. `@defaultValue` 60,000 */
  readonly maxRetryAfter?: number | undefined;
  /** Milliseconds for one try, from its start, over redirects, to the last byte. `@defaultValue` no limit */
  readonly timeout?: number | undefined;
  /** Milliseconds until the headers are there. `@defaultValue` 30,000 */
  readonly headersTimeout?: number | undefined;
  /** Milliseconds between two pieces of the body. `@defaultValue` 30,000 */
  readonly bodyTimeout?: number | undefined;
  /** Most redirects that are followed. `@defaultValue` 5 */
  readonly redirects?: number | undefined;
  /** Most bytes of the body, decompressed. `@defaultValue` 256 MB */
  readonly maxBytes?: number | undefined;
  /** Most connections to one origin. `@defaultValue` 64 */
  readonly connections?: number | undefined;
}

/** Options of `download`: those of a request, and the form of the answer. */
export interface DownloadOptions extends RequestOptions {
  /** Form in which the answer is given. `@defaultValue` bytes */
  readonly as?: 'bytes' | 'text' | 'json' | 'response' | 'stream' | undefined;
  /**
   * Whether a status from 400 on, or a redirect to nowhere, rejects. With `false` the answer is given as it came
   * (`as: 'response'`, which is then the default and the only form), after the same retries. `@defaultValue` true
   */
  readonly throwHttpErrors?: boolean | undefined;
}

/** An answer with its status and headers, whose names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Address that the answer came from, behind all redirects. */
  readonly url: string;
  readonly bytes: Uint8Array;
}

export const REQUEST_OPTIONS: readonly string[] = [
  'method',
  'headers',
  'body',
  'query',
  'signal',
  'retries',
  'maxRetryAfter',
  'timeout',
  'headersTimeout',
  'bodyTimeout',
  'redirects',
  'maxBytes',
  'connections',
];
const FORMS: readonly unknown[] = [undefined, 'bytes', 'text', 'json', 'response', 'stream'];

/** Throws where an option has a value that it cannot have. */
export function assertRequestOptions(options: DownloadOptions): void {
  assertMilliseconds(options.timeout, 'timeout');
  assertMilliseconds(options.headersTimeout, 'headersTimeout', 0);
  assertMilliseconds(options.bodyTimeout, 'bodyTimeout', 0);
  assertMilliseconds(options.maxRetryAfter, 'maxRetryAfter', 0);
  assertCount(options.connections, 'connections');
  assertCount(options.maxBytes, 'maxBytes');
  assertTimes(options.retries, 'retries');
  assertTimes(options.redirects, 'redirects');
  assertHeaders(options.headers);
  assertForm(options);
}

export function assertTimes(count: unknown, name: string): void {
  if (count === undefined || (Number.isInteger(count) && (count as number) >= 0)) return;
  throw optionError(`Expected \`${name}\` to be a whole number from 0, got ${describeValue(count)}.`);
}

/**
 * Refuses headers that are no object of texts: `Headers`, a Map or pairs would be read as an object without entries.
 */
export function assertHeaders(headers: unknown): void {
  if (headers === undefined) return;
  const isObject = typeof headers === 'object' && headers !== null;
  if (isObject && !(Symbol.iterator in headers)) {
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === 'string') continue;
      throw optionError(`Expected the header \`${name}\` to be text, got ${describeValue(value)}.`);
    }
    return;
  }
  throw optionError(
    `Expected \`headers\` to be an object of texts, such as { accept: 'text/csv' }, got ${describeValue(headers)}. ` +
      'Object.fromEntries(headers) makes one.',
  );
}

function assertForm({ as, throwHttpErrors }: DownloadOptions): void {
  assertBoolean(throwHttpErrors, 'throwHttpErrors');
  if (!FORMS.includes(as)) {
    throw optionError(
      `Expected \`as\` to be 'bytes', 'text', 'json', 'response' or 'stream', got ${describeValue(as)}.`,
    );
  }
  if (throwHttpErrors === false && as !== undefined && as !== 'response') {
    throw optionError(
      `Expected \`as: 'response'\` with \`throwHttpErrors: false\`, since '${as}' does not say which status came.`,
    );
  }
}
