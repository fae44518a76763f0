import { assertCount, assertKnown, assertMilliseconds } from '../../check.ts';
import { describeValue } from '../../describe.ts';

/** Options of a request. */
export interface RequestOptions {
  /** `@defaultValue` GET, or POST with a body */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text or bytes as they are; anything else as JSON. */
  readonly body?: unknown;
  /** Added to the URL. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Ends the request: it rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Tries beyond the first: after network errors and the statuses 408, 425, 429, 500, 502, 503 and 504, with
   * exponential delays, or as long as `Retry-After` says. Only methods that may be repeated are. `@defaultValue` 2
   */
  readonly retries?: number | undefined;
  /** The longest `Retry-After` that is waited for, in ms; a longer one fails. `@defaultValue` 60,000 */
  readonly maxRetryAfter?: number | undefined;
  /** Milliseconds for one try, from its start, over redirects, to the last byte. `@defaultValue` no limit */
  readonly timeout?: number | undefined;
  /** Milliseconds until the headers are there. `@defaultValue` 30,000 */
  readonly headersTimeout?: number | undefined;
  /** Milliseconds between two pieces of the body. `@defaultValue` 30,000 */
  readonly bodyTimeout?: number | undefined;
  /** Redirects that are followed. `@defaultValue` 5 */
  readonly redirects?: number | undefined;
  /** The most bytes of the body, decompressed. `@defaultValue` 256 MB */
  readonly maxBytes?: number | undefined;
  /** Connections to one origin at most. `@defaultValue` 64 */
  readonly connections?: number | undefined;
}

/** What the body is to be. */
export interface DownloadOptions extends RequestOptions {
  /** `@defaultValue` bytes */
  readonly as?: 'bytes' | 'text' | 'json' | 'response' | 'stream' | undefined;
}

/** An answer with its status and headers, whose names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it came from, behind all redirects. */
  readonly url: string;
  readonly bytes: Uint8Array;
}

/** The options with all defaults. */
export interface ResolvedRequest {
  readonly retries: number;
  readonly maxRetryAfter: number;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
  readonly redirects: number;
  readonly maxBytes: number;
  readonly connections: number;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number | undefined;
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
/** What is decoded: not zstd, which Node 20 lacks. */
const ACCEPTED = 'gzip, deflate, br';

/** Says at the call what is wrong with a request, and fills in what it leaves open. */
export function resolveRequest(
  address: string | URL,
  options: DownloadOptions,
  known: readonly string[] = [...REQUEST_OPTIONS, 'as'],
): ResolvedRequest {
  assertKnown(options, known);
  assertTimes(options);
  if (!FORMS.includes(options.as)) {
    throw new TypeError(
      `Expected \`as\` to be 'bytes', 'text', 'json', 'response' or 'stream', got ${describeValue(options.as)}.`,
    );
  }
  const url = resolveUrl(address);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.append(name, String(value));
  }
  const { body, isJson } = encodeBody(options.body);
  const headers: Record<string, string> = { 'accept-encoding': ACCEPTED };
  if (isJson) headers['content-type'] = 'application/json';
  const credentials = takeCredentials(url);
  if (credentials !== undefined) headers['authorization'] = credentials;
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  return {
    url,
    method: (options.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase(),
    headers,
    body,
    signal: options.signal,
    timeout: options.timeout,
    retries: options.retries ?? 2,
    maxRetryAfter: options.maxRetryAfter ?? 60_000,
    headersTimeout: options.headersTimeout ?? 30_000,
    bodyTimeout: options.bodyTimeout ?? 30_000,
    redirects: options.redirects ?? 5,
    maxBytes: options.maxBytes ?? 256 * 1024 * 1024,
    connections: options.connections ?? 64,
  };
}

function assertTimes(options: RequestOptions): void {
  assertMilliseconds(options.timeout, 'timeout');
  assertMilliseconds(options.headersTimeout, 'headersTimeout', 0);
  assertMilliseconds(options.bodyTimeout, 'bodyTimeout', 0);
  assertMilliseconds(options.maxRetryAfter, 'maxRetryAfter', 0);
  assertCount(options.connections, 'connections');
  assertCount(options.maxBytes, 'maxBytes');
  for (const name of ['retries', 'redirects'] as const) {
    const count: unknown = options[name];
    if (count === undefined || (Number.isInteger(count) && (count as number) >= 0)) continue;
    throw new TypeError(`Expected \`${name}\` to be a whole number from 0, got ${describeValue(count)}.`);
  }
}

function resolveUrl(address: unknown): URL {
  let url: URL;
  try {
    url = new URL(address as string);
  } catch {
    throw new TypeError(`Expected a URL such as 'https://example.org/data', got ${describeValue(address)}.`);
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new TypeError(`Expected an http: or https: URL, got ${describeValue(String(address))}.`);
}

/** Those in a URL are sent as a header, and shown in no error. */
function takeCredentials(url: URL): string | undefined {
  const { username, password } = url;
  if (username === '' && password === '') return undefined;
  url.username = '';
  url.password = '';
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function encodeBody(body: unknown): { body: string | Uint8Array | undefined; isJson: boolean } {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
    return { body, isJson: false };
  const text = JSON.stringify(body) as string | undefined;
  if (text === undefined) {
    throw new TypeError(
      `Expected \`body\` to be text, bytes or what has a JSON form, got ${describeValue(body)}.`,
    );
  }
  return { body: text, isJson: true };
}
