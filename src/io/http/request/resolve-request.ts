import { copyOptions } from '../../../options/check.ts';
import { describeValue } from '../../../errors/describe.ts';
import type { Limiter } from '../../../limiter/limiter.ts';
import { NO_BODY, type RequestBody, resolveBody } from './body.ts';
import { assertRequestOptions, type DownloadOptions, REQUEST_OPTIONS } from './request-options.ts';

/** A sender of requests: an agent, a pool or a proxy of undici. */
export interface HttpDispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** The settings that the requests of a session have in common. */
export interface RequestSession {
  /** Address that relative ones are resolved against; its origin alone gets `headers` and `query`. */
  readonly base: URL | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly retries: number | undefined;
  readonly timeout: number | undefined;
  readonly limits:
    | { acquire(host: string, signal?: AbortSignal): ReturnType<Limiter['acquire']> }
    | undefined;
  readonly cookies: RequestCookies | undefined;
  readonly dispatcher: HttpDispatcher | undefined;
}

export interface RequestCookies {
  read(url: URL): Promise<string | undefined>;
  write(url: URL, cookies: readonly string[]): Promise<void>;
}

/** The options of a request, with all defaults. */
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
  /** Headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Origin that the headers are for; no other origin may see those that `bound` names. */
  readonly home: string;
  readonly bound: ReadonlySet<string>;
  readonly body: RequestBody;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number | undefined;
  /** Form of the answer, where the call asks for one. */
  readonly as: DownloadOptions['as'];
  readonly throwHttpErrors: boolean;
  readonly session: RequestSession | undefined;
}

export interface RequestTerms {
  /** Names of the options that the call has. `@defaultValue` those of a request */
  readonly known?: readonly string[] | undefined;
  readonly session?: RequestSession | undefined;
  /** Origin that the call's headers are for. `@defaultValue` that of the address */
  readonly home?: string | undefined;
  /** Names of further headers that go to no other origin. */
  readonly bound?: Iterable<string> | undefined;
}

/** Headers that a redirect to another origin must not see. */
const SECRETS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];
/** Encodings that are decoded: not zstd, which Node 20 lacks. */
const ACCEPTED = 'gzip, deflate, br';

/** Throws at the call where a request is wrong, and says what is; fills in what the request leaves open. */
export function resolveRequest(
  address: string | URL,
  given: DownloadOptions,
  terms: RequestTerms = {},
): ResolvedRequest {
  const { known = REQUEST_OPTIONS, session } = terms;
  const options = copyOptions(given, known);
  assertRequestOptions(options);
  const url = resolveUrl(address, session?.base);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.append(name, String(value));
  }
  const body = options.body === undefined ? NO_BODY : resolveBody(options.body);
  const credentials = takeCredentials(url);
  const isOfSession = session?.base !== undefined && url.origin === session.base.origin;
  const headers: Record<string, string> = { 'accept-encoding': ACCEPTED };
  if (credentials !== undefined) headers['authorization'] = credentials;
  if (isOfSession) {
    Object.assign(headers, session.headers);
    for (const [name, value] of Object.entries(session.query)) {
      if (!url.searchParams.has(name)) url.searchParams.append(name, value);
    }
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  const bound = new Set([...SECRETS, ...(terms.bound ?? [])]);
  if (isOfSession) for (const name of Object.keys(session.headers)) bound.add(name);
  return {
    url,
    method: (options.method ?? (body === NO_BODY ? 'GET' : 'POST')).toUpperCase(),
    headers,
    home: terms.home ?? url.origin,
    bound,
    body,
    signal: options.signal,
    timeout: options.timeout ?? session?.timeout,
    retries: options.retries ?? session?.retries ?? 2,
    maxRetryAfter: options.maxRetryAfter ?? 60_000,
    headersTimeout: options.headersTimeout ?? 30_000,
    bodyTimeout: options.bodyTimeout ?? 30_000,
    redirects: options.redirects ?? 5,
    maxBytes: options.maxBytes ?? 256 * 1024 * 1024,
    connections: options.connections ?? 64,
    as: options.as,
    throwHttpErrors: options.throwHttpErrors ?? true,
    session,
  };
}

export function resolveUrl(address: unknown, base: URL | undefined): URL {
  let url: URL;
  try {
    url = new URL(address as string, base);
  } catch {
    throw new TypeError(`Expected a URL such as 'https://example.org/data', got ${describeValue(address)}.`);
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new TypeError(`Expected an http: or https: URL, got ${describeValue(String(address))}.`);
}

/** Takes the credentials out of a URL: they are sent as a header, and shown in no error. */
function takeCredentials(url: URL): string | undefined {
  const { username, password } = url;
  if (username === '' && password === '') return undefined;
  url.username = '';
  url.password = '';
  const text = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Decodes a part of a URL, which may hold a percent sign that encodes nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
