import { describeValue } from '../../describe.ts';
import { TelarError } from '../../errors.ts';
import { REQUEST_OPTIONS, type RequestOptions, resolveRequest } from './download-options.ts';
import { type Located, SECRETS, sendForBytes } from './send.ts';

/** What `pages` knows of a page. */
export interface PageContext {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From 0. */
  readonly number: number;
}

/** How pages follow one another, and what they hold. */
export interface PagesOptions<T, B> extends RequestOptions {
  /** The items of a page. */
  readonly items: (body: B) => Iterable<T>;
  /**
   * The address of the next page, absolute or relative, from the body; `undefined` or `null` at the end.
   * `@defaultValue` the `Link` header with `rel="next"`
   */
  readonly next?: ((body: B, page: PageContext) => string | URL | null | undefined) | undefined;
  /** For cursors: the name of the parameter, and what it is set to for the next page. */
  readonly cursor?: {
    readonly parameter: string;
    readonly next: (body: B) => string | number | null | undefined;
  };
  /** For page numbers: the name of the parameter. The end is a page without items. */
  readonly page?: { readonly parameter: string; readonly first?: number | undefined };
}

/**
 * The items of all pages of an HTTP API, in order. Pages are JSON. The next one is fetched while the items of this one
 * are read. A page that comes twice is an error: it would never end.
 *
 * @example
 * ```ts
 * const users = pages('https://api.example.org/users', { items: (body) => body.users, cursor: { parameter: 'after', next: (body) => body.last } });
 * ```
 */
// A body is whatever the API sends, as after `JSON.parse`.
export function pages<T, B = Record<string, unknown>>(
  url: string | URL,
  options: PagesOptions<T, B>,
): AsyncIterable<T> {
  const { items, next, cursor, page, ...request } = options;
  resolveRequest(url, request, [...REQUEST_OPTIONS]);
  if (typeof items !== 'function') {
    throw new TypeError(
      `Expected \`items\` to be a function from a page to its items, got ${describeValue(items)}.`,
    );
  }
  if ([next, cursor, page].filter((way) => way !== undefined).length > 1) {
    throw new TypeError('Expected one of `next`, `cursor` and `page`: they say the same in different ways.');
  }
  return { [Symbol.asyncIterator]: () => readPages(url, options) };
}

async function* readPages<T, B>(
  url: string | URL,
  { items, next, cursor, page, ...options }: PagesOptions<T, B>,
): AsyncGenerator<T, undefined, undefined> {
  const controller = new AbortController();
  const { signal } = options;
  const onAbort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const fetchPage = async (address: URL): Promise<{ answer: Located<Uint8Array>; body: B }> => {
    const request = resolveRequest(address, { ...options, query: undefined, signal: controller.signal }, [
      ...REQUEST_OPTIONS,
    ]);
    // As with redirects: what is for one server is not for another that a page names.
    const isElsewhere = address.origin !== first.origin;
    const headers = Object.entries(request.headers).filter(
      ([name]) => !isElsewhere || !SECRETS.includes(name),
    );
    const answer = await sendForBytes({ ...request, headers: Object.fromEntries(headers) });
    return { answer, body: JSON.parse(Buffer.from(answer.body).toString()) as B };
  };
  const seen = new Set<string>();
  const first = resolveRequest(url, options, [...REQUEST_OPTIONS]).url;
  if (page !== undefined) first.searchParams.set(page.parameter, String(page.first ?? 1));
  const findNext = (
    answer: Located<Uint8Array>,
    body: B,
    number: number,
    isEmpty: boolean,
  ): URL | undefined => {
    if (page !== undefined) {
      return isEmpty
        ? undefined
        : withParameter(first, page.parameter, String((page.first ?? 1) + number + 1));
    }
    if (cursor !== undefined) {
      const at = cursor.next(body);
      return at === null || at === undefined || at === ''
        ? undefined
        : withParameter(first, cursor.parameter, String(at));
    }
    const found =
      next === undefined
        ? readLink(answer.headers['link'])
        : next(body, { url: answer.url, headers: answer.headers, number });
    return found === null || found === undefined || found === '' ? undefined : new URL(found, answer.url);
  };
  try {
    signal?.throwIfAborted();
    let pending: ReturnType<typeof fetchPage> | undefined = fetchPage(first);
    seen.add(first.href);
    for (let number = 0; pending !== undefined; number++) {
      const { answer, body } = await pending;
      const found = [...items(body)];
      const address = findNext(answer, body, number, found.length === 0);
      if (address !== undefined && seen.has(address.href)) {
        throw new TelarError(`The pages go in a circle: ${address.href} came before.`);
      }
      if (address !== undefined) seen.add(address.href);
      pending = address === undefined ? undefined : fetchPage(address);
      // It may fail while the items are read: whoever asks for the next hears of it.
      pending?.catch(() => {});
      yield* found;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    controller.abort();
  }
  return undefined;
}

function withParameter(url: URL, name: string, value: string): URL {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed;
}

/** The target of `rel="next"` in a Link header (RFC 8288). */
function readLink(header: string | undefined): string | undefined {
  for (const [, target, parameters] of header?.matchAll(/<([^>]*)>([^,<]*)/g) ?? []) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)/i.test(parameters ?? '')) return target;
  }
  return undefined;
}
