import type { RequestOptions } from '../request/request-options.ts';

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
