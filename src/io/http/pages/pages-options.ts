import type { RequestOptions } from '../request/request-options.ts';

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
  /**
   * For cursors: the name of the parameter, and what it is set to for the next page. It is a member of `body` where that is
   * a plain object (sent as JSON), a field of it where that is `URLSearchParams`, and a parameter of the address elsewhere.
   */
  readonly cursor?:
    | {
        readonly parameter: string;
        readonly next: (body: B) => string | number | null | undefined;
      }
    | undefined;
  /** For page numbers: the name of the parameter, which stands where that of a cursor does. The end is a page without items. */
  readonly page?: { readonly parameter: string; readonly first?: number | undefined } | undefined;
}
