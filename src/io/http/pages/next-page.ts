import { createHash } from 'node:crypto';
import { TelarError } from '../../../errors/telar-error.ts';
import { describeReturned } from '../../../options/arguments.ts';
import { isPlain } from '../../../realm/plain.ts';
import { isUrl } from '../../../realm/url.ts';
import type { RequestOptions } from '../request/request-options.ts';
import type { Located } from '../send/hops.ts';
import { readNextLink } from './link-header.ts';
import type { PagesOptions } from './pages-options.ts';

/** The address of a page, and the body that is sent for it. */
export interface PageRequest {
  readonly url: URL;
  readonly body: unknown;
}

type Ways<T, B> = Pick<PagesOptions<T, B>, 'next' | 'cursor' | 'page'>;

/** Finds the way from page to page, and notices when it leads back. */
export class Way<T, B> {
  readonly first: PageRequest;
  readonly #ways: Ways<T, B>;
  readonly #requests = new Set<string>();
  readonly #pages = new Set<string>();
  #number = 0;

  constructor(url: URL, body: RequestOptions['body'], ways: Ways<T, B>) {
    this.#ways = ways;
    const { page } = ways;
    const start = { url, body };
    this.first = page === undefined ? start : setParameter(start, page.parameter, page.first ?? 1);
    this.#note(this.first);
  }

  /** Returns the request for the page behind this one; `undefined` at the end. */
  next(answer: Located<Uint8Array>, body: B, isEmpty: boolean): PageRequest | undefined {
    const request = this.#find(answer, body, isEmpty);
    this.#number++;
    if (request !== undefined) this.#note(request);
    return request;
  }

  #find(answer: Located<Uint8Array>, body: B, isEmpty: boolean): PageRequest | undefined {
    const { page, cursor, next } = this.#ways;
    if (page !== undefined) {
      if (isEmpty) return undefined;
      this.#notePage(answer);
      return setParameter(this.first, page.parameter, (page.first ?? 1) + this.#number + 1);
    }
    if (cursor !== undefined) {
      const at: unknown = cursor.next(body);
      if (isEnd(at)) return undefined;
      if (typeof at !== 'string' && typeof at !== 'number' && typeof at !== 'bigint') {
        throw wrongNext('cursor.next', 'a text or a number', at);
      }
      return setParameter(this.first, cursor.parameter, at);
    }
    const { url, headers } = answer;
    const found: unknown =
      next === undefined ? readNextLink(headers['link']) : next(body, { url, headers, number: this.#number });
    if (isEnd(found)) return undefined;
    if (typeof found !== 'string' && !isUrl(found)) throw wrongNext('next', 'an address', found);
    return { url: new URL(found, url), body: this.first.body };
  }

  #note({ url, body }: PageRequest): void {
    // The parameter is in the body where that has one: then all pages have one address.
    const sent = isMember(body)
      ? JSON.stringify(body)
      : body instanceof URLSearchParams
        ? body.toString()
        : '';
    const key = `${url.href} ${sent}`.trimEnd();
    if (this.#requests.has(key)) throw new TelarError(`The pages go in a circle: ${key} came before.`);
    this.#requests.add(key);
  }

  /** Throws for a page that came before, as some servers give their last page for each number beyond it. */
  #notePage({ body, url }: Located<Uint8Array>): void {
    const digest = createHash('sha1').update(body).digest('base64');
    if (this.#pages.has(digest)) {
      throw new TelarError(
        `The page at ${url} is the same, byte for byte, as one before: the pages would never end.`,
      );
    }
    this.#pages.add(digest);
  }
}

function wrongNext(name: string, expected: string, found: unknown): TypeError {
  return new TypeError(
    `Expected \`${name}\` to return ${expected}, or undefined at the end, got ${describeReturned(found)}.`,
  );
}

function isEnd(found: unknown): found is null | undefined | '' {
  return found === null || found === undefined || found === '';
}

/** Says whether a body is sent as an object of JSON, so that a cursor can be a member of it. */
function isMember(body: unknown): body is Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  return isPlain(body);
}

/** Sets a parameter: in the body where that is an object or a form, as search APIs have it; else in the address. */
function setParameter(
  { url, body }: PageRequest,
  name: string,
  value: string | number | bigint,
): PageRequest {
  if (isMember(body)) return { url, body: { ...body, [name]: value } };
  if (body instanceof URLSearchParams) {
    const changed = new URLSearchParams(body);
    changed.set(name, String(value));
    return { url, body: changed };
  }
  const changed = new URL(url);
  changed.searchParams.set(name, String(value));
  return { url: changed, body };
}
