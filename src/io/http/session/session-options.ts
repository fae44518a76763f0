import { assertCount, assertKnown, assertMilliseconds, optionError } from '../../../options/check.ts';
import { describeValue } from '../../../errors/describe.ts';
import { assertRate, type Rate } from '../../../limiter/pace.ts';
import { assertHeaders, assertTimes } from '../request/request-options.ts';
import { type HttpDispatcher, resolveUrl } from '../request/resolve-request.ts';

/** What holds cookies: the `CookieJar` of the package tough-cookie, or what behaves like it. */
export interface CookieStore {
  getCookieString(url: string): Promise<string>;
  setCookie(cookie: string, url: string, options?: { ignoreError?: boolean }): Promise<unknown>;
}

/** What all requests of a session have in common. */
export interface SessionOptions {
  /**
   * Relative addresses are resolved against it as against a folder: with `https://example.org/v1`, `users` is
   * `https://example.org/v1/users`, and `/users` is `https://example.org/users`.
   */
  readonly baseUrl?: string | URL | undefined;
  /** Sent to the origin of `baseUrl` only, which they need: not with redirects and pages that lead elsewhere. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Added to addresses at the origin of `baseUrl`, which it needs, unless they have a parameter of that name. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Keeps cookies, in memory or in a jar of tough-cookie (`npm install tough-cookie`). `@defaultValue` false */
  readonly cookies?: boolean | CookieStore | undefined;
  /** As in `download`, for calls that do not say. `@defaultValue` 2 */
  readonly retries?: number | undefined;
  /** As in `download`, for calls that do not say. Waiting for a turn counts from the second redirect on. `@defaultValue` no limit */
  readonly timeout?: number | undefined;
  /** Requests in progress at one host, at most; a streamed body counts until it is read, left, or over its `timeout`. `@defaultValue` no limit */
  readonly concurrency?: number | undefined;
  /** Requests that begin in a second, or in each `interval` ms, at one host, tries and redirects included. `@defaultValue` no limit */
  readonly rate?: Rate | undefined;
  /** The URL of a proxy; `true` for those that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name. `@defaultValue` none */
  readonly proxy?: string | URL | boolean | undefined;
  /** Sends the requests, in the place of connections of our own; whoever made it closes it. */
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

/** Says at the call what is wrong. */
export function assertSessionOptions(options: SessionOptions): void {
  assertKnown(options, OPTIONS);
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
  if (proxy === undefined || typeof proxy === 'boolean') return;
  try {
    resolveUrl(proxy, undefined);
  } catch {
    throw optionError(
      `Expected \`proxy\` to be a URL such as 'http://proxy.example.org:3128', or true, got ${describeValue(proxy)}.`,
    );
  }
}
