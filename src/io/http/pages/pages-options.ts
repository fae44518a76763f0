import { describeValue } from '../../../errors/describe.ts';
import {
  assertCount,
  assertFunction,
  assertKnown,
  copyOptions,
  optionError,
} from '../../../options/check.ts';
import { copyBody } from '../request/body.ts';
import { assertHeaders, REQUEST_OPTIONS, type RequestOptions } from '../request/request-options.ts';

/** The facts that `pages` knows of a page. */
export interface PageContext {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Number of the page, from 0. */
  readonly number: number;
}

/** Options of `pages`: how pages follow one another, and what they hold. */
export interface PagesOptions<T, B> extends RequestOptions {
  /** Returns the items of a page. */
  readonly items: (body: B) => Iterable<T>;
  /**
   * Returns the address of the next page, absolute or relative, from the body; `undefined` or `null` at the end.
   * `@defaultValue` the `Link` header with `rel="next"`
   */
  readonly next?: ((body: B, page: PageContext) => string | URL | null | undefined) | undefined;
  /**
   * Cursor of the next page: the name of the parameter, and the function that makes its value. The parameter is a
   * member of `body` where that is a plain object (sent as JSON), a field of it where that is `URLSearchParams`, and a
   * parameter of the address elsewhere.
   */
  readonly cursor?:
    | {
        readonly parameter: string;
        readonly next: (body: B) => string | number | null | undefined;
      }
    | undefined;
  /**
   * Page number: the name of the parameter, which stands where that of a cursor does, and the first number. The end is
   * a page without items.
   */
  readonly page?: { readonly parameter: string; readonly first?: number | undefined } | undefined;
}

/** Names of the options of `pages`. */
export const PAGES_OPTIONS: readonly string[] = [...REQUEST_OPTIONS, 'items', 'next', 'cursor', 'page'];

/**
 * Checks what says how pages follow one another, and returns a copy of all options: each page is asked for as the call
 * said, whatever the caller does to the object later.
 */
export function takePagesOptions<T, B>(options: PagesOptions<T, B>): PagesOptions<T, B> {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw optionError(
      `Expected options with \`items\`, a function from a page to its items, got ${describeValue(options)}.`,
    );
  }
  const taken = copyOptions(options, PAGES_OPTIONS);
  const { items, next, cursor, page, headers, query, body } = taken;
  if (typeof items !== 'function') {
    throw optionError(
      `Expected \`items\` to be a function from a page to its items, got ${describeValue(items)}.`,
    );
  }
  if ([next, cursor, page].filter((way) => way !== undefined).length > 1) {
    throw optionError('Expected one of `next`, `cursor` and `page`: they say the same in different ways.');
  }
  assertFunction(next, 'next', 'a function from a page to the address of the next one');
  assertHeaders(headers);
  return {
    ...taken,
    headers: headers && { ...headers },
    query: query && { ...query },
    body: copyBody(body) as typeof body,
    cursor: cursor === undefined ? undefined : takeCursor(cursor),
    page: page === undefined ? undefined : takePage(page),
  };
}

function takeCursor<T, B>(cursor: NonNullable<PagesOptions<T, B>['cursor']>): typeof cursor {
  assertWay(cursor, 'cursor', ['parameter', 'next']);
  const { parameter, next } = cursor;
  if (typeof next !== 'function') {
    throw optionError(
      `Expected \`cursor.next\` to be a function from a page to the next cursor, got ${describeValue(next)}.`,
    );
  }
  return { parameter, next };
}

function takePage<T, B>(page: NonNullable<PagesOptions<T, B>['page']>): typeof page {
  assertWay(page, 'page', ['parameter', 'first']);
  const { parameter, first } = page;
  assertCount(first, 'page.first', 0);
  return { parameter, first };
}

function assertWay(way: { readonly parameter: string }, name: string, known: readonly string[]): void {
  if (typeof (way as unknown) === 'object') {
    assertKnown(way, known);
    const { parameter } = way;
    if (typeof parameter === 'string' && parameter !== '') return;
  }
  throw optionError(
    `Expected \`${name}\` to be an object with the name of a \`parameter\`, got ${describeValue(way)}.`,
  );
}
