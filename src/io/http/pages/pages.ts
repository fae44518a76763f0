import { onAbort } from '../../../async/on-abort.ts';
import { optionError } from '../../../options/check.ts';
import { keepHere } from '../../../realm/stays-here.ts';
import { isUrl } from '../../../realm/url.ts';
import { describeReturned } from '../../../options/arguments.ts';
import { type RequestSession, resolveRequest } from '../request/resolve-request.ts';
import type { Located } from '../send/hops.ts';
import { readJson } from '../send/read-json.ts';
import { sendForBytes } from '../send/send.ts';
import { type PageRequest, Way } from './next-page.ts';
import { PAGES_OPTIONS, type PagesOptions, takePagesOptions } from './pages-options.ts';

/** The form of `pages`, which a session has too. */
// A body is whatever the API sends, as after `JSON.parse`.
export type Pages = <T, B = Record<string, unknown>>(
  url: string | URL,
  options: PagesOptions<T, B>,
) => AsyncIterable<T>;

/** Headers that say nothing of who asks: a page at another origin is asked for with these. */
const OPEN_HEADERS = new Set(['accept', 'accept-language', 'content-language', 'content-type', 'user-agent']);

/**
 * Reads the items of all pages of an HTTP API, in order. Pages are JSON. The next page is fetched while the items of
 * this one are read. A page that comes twice is an error: the pages would never end. A page that is no JSON is one as
 * well, by its address and status.
 *
 * Headers that may identify the caller go to the origin of the first page only.
 *
 * @example
 * ```ts
 * const users = pages('https://api.example.org/users', { items: (body) => body.users, cursor: { parameter: 'after', next: (body) => body.last } });
 * ```
 */
export const pages: Pages = createPages(undefined);

/** Creates `pages` for the requests of a session, or for requests without one. */
export function createPages(session: RequestSession | undefined): Pages {
  return (url, options) => {
    const taken = takePagesOptions(options);
    const address = isUrl(url) ? url.href : url;
    const { body } = resolveRequest(address, taken, { known: PAGES_OPTIONS, session });
    if (!body.isRepeatable) {
      throw optionError(
        'Expected `body` to be one that can be sent for each page, got a stream. Pass a function that makes it.',
      );
    }
    return keepHere(
      { [Symbol.asyncIterator]: () => readPages(address, taken, session) },
      { noun: 'a source of pages', fix: 'Make it in the task, from its address.' },
    );
  };
}

async function* readPages<T, B>(
  address: string,
  { items, next, cursor, page, ...options }: PagesOptions<T, B>,
  session: RequestSession | undefined,
): AsyncGenerator<T, undefined, undefined> {
  const controller = new AbortController();
  const { signal } = options;
  const { url: first, headers } = resolveRequest(address, options, { session });
  // A URL that holds a password is asked for with its header, and the header goes along to further pages.
  const credentials = headers['authorization'];
  const own =
    credentials === undefined ? options.headers : { ...options.headers, authorization: credentials };
  const names = Object.keys(own ?? {}).map((name) => name.toLowerCase());
  const bound = names.filter((name) => !OPEN_HEADERS.has(name));
  const fetchPage = async ({ url, body }: PageRequest): Promise<Page<B>> => {
    const request = resolveRequest(
      url,
      { ...options, headers: own, body, query: undefined, signal: controller.signal },
      { session, home: first.origin, bound },
    );
    const answer = await sendForBytes(request);
    return { answer, body: readJson(answer, request.method) as B };
  };
  const stopListening = signal && onAbort(signal, () => controller.abort(signal.reason));
  try {
    signal?.throwIfAborted();
    const way = new Way<T, B>(first, options.body, { next, cursor, page });
    let pending: Promise<Page<B>> | undefined = fetchPage(way.first);
    while (pending !== undefined) {
      const { answer, body } = await pending;
      const found = [...takeItems(items(body))];
      const request = way.next(answer, body, found.length === 0);
      pending = request === undefined ? undefined : fetchPage(request);
      // The request may fail while the items are read: whoever asks for the next page hears of it.
      pending?.catch(() => {});
      yield* found;
    }
  } finally {
    stopListening?.();
    controller.abort();
  }
  return undefined;
}

interface Page<B> {
  readonly answer: Located<Uint8Array>;
  readonly body: B;
}

function takeItems<T>(items: Iterable<T>): Iterable<T> {
  if (typeof (Object(items) as Partial<Iterable<T>>)[Symbol.iterator] === 'function') return items;
  throw new TypeError(`Expected \`items\` to return the items of a page, got ${describeReturned(items)}.`);
}
