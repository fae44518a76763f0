import { assertCount, assertMilliseconds, copyOptions, optionError } from '../../../options/check.ts';
import { describeValue } from '../../../errors/describe.ts';
import { assertRate, type Rate } from '../../../limiter/pace.ts';
import { assertHeaders, assertTimes } from '../request/request-options.ts';
import { type HttpDispatcher, resolveUrl } from '../request/resolve-request.ts';

/** A store of cookies: the `CookieJar` of the package tough-cookie, or what behaves like it. */
export interface CookieStore {
  getCookieString(url: string): Promise<string>;
  setCookie(cookie: string, url: string, options?: { ignoreError?: boolean }): Promise<unknown>;
}

/** The settings that all requests of a session have in common. */
export interface SessionOptions {
  /**
   * Address that relative ones are resolved against as against a folder: with `https://example.org/v1`, `users` is
   * `https://example.org/v1/users`, and `/users` is `https://example.org/users`.
   */
  readonly baseUrl?: string | URL | undefined;
  /**
   * Headers that are sent to the origin of `baseUrl` only, which they need: not with redirects and pages that lead
   * elsewhere.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Parameters that are added to addresses at the origin of `baseUrl`, which they need, unless an address has a
   * parameter of that name.
   */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /**
   * Cookies that are kept, in memory or in a jar of tough-cookie (`npm install tough-cookie`). `@defaultValue` false
   */
  readonly cookies?: boolean | CookieStore | undefined;
  /** Number of tries beyond the first, as in `download`, for calls that do not say. `@defaultValue` 2 */
  readonly retries?: number | undefined;
  /**
   * Milliseconds for one try, as in `download`, for calls that do not say. Waiting for a turn counts from the second
   * redirect on. `@defaultValue` no limit
   */
  readonly timeout?: number | undefined;
  /**
   * Most requests in progress at one host; a streamed body counts until it is read, left, or over its `timeout`.
   * `@defaultValue` no limit
   */
  readonly concurrency?: number | undefined;
  /**
   * Most requests that begin in a second, or in each `interval` ms, at one host, tries and redirects included.
   * `@defaultValue` no limit
   */
  readonly rate?: Rate | undefined;
  /** URL of a proxy; `true` for those that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name. `@defaultValue` none */
  readonly proxy?: string | URL | boolean | undefined;
  /** Dispatcher that sends the requests, in the place of connections of our own; whoever made it closes it. */
  readonly dispatcher?: HttpDispatcher | undefined;
}

const OPTIONS: readonly string[] = [
  'baseUrl',
  'headers',
  'query',
  'cookies',
  'retries',
  'timeout',
  'concurrency',
  'rate',
  'proxy',
  'dispatcher',
];

/** Throws at the call where an option of a session is wrong, and says what is. Returns a copy, the session's own. */
export function takeSessionOptions(given: SessionOptions): SessionOptions {
  const options = copyOptions(given, OPTIONS);
  assertTimes(options.retries, 'retries');
  assertMilliseconds(options.timeout, 'timeout');
  assertCount(options.concurrency, 'concurrency');
  assertRate(options.rate);
  assertHeaders(options.headers);
  for (const name of ['headers', 'query'] as const) {
    if (options.baseUrl !== undefined || Object.keys(options[name] ?? {}).length === 0) continue;
    throw optionError(
      `Expected \`baseUrl\` beside \`${name}\`: the ${name} of a session go to that origin only.`,
    );
  }
  const { cookies, dispatcher, proxy } = options;
  const isJar = typeof (cookies as Partial<CookieStore> | undefined)?.getCookieString === 'function';
  if (cookies !== undefined && typeof cookies !== 'boolean' && !isJar) {
    throw optionError(
      `Expected \`cookies\` to be true, false or a CookieJar of tough-cookie, got ${describeValue(cookies)}.`,
    );
  }
  if (dispatcher !== undefined && typeof (dispatcher as Partial<HttpDispatcher>)?.dispatch !== 'function') {
    throw optionError(`Expected \`dispatcher\` to be one of undici, got ${describeValue(dispatcher)}.`);
  }
  if (dispatcher !== undefined && proxy !== undefined && proxy !== false) {
    throw optionError('Expected one of `proxy` and `dispatcher`: a dispatcher knows its own way.');
  }
  if (proxy === undefined || typeof proxy === 'boolean') return options;
  try {
    resolveUrl(proxy, undefined);
  } catch {
    throw optionError(
      `Expected \`proxy\` to be a URL such as 'http://proxy.example.org:3128', or true, got ${describeValue(proxy)}.`,
    );
  }
  return options;
}
