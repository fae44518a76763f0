import { createDownload, type Download } from '../download.ts';
import { createPages, type Pages } from '../pages/pages.ts';
import { type RequestSession, resolveUrl } from '../request/resolve-request.ts';
import { openProxy } from '../send/exchange.ts';
import { openCookies } from './cookies.ts';
import { HostLimits } from './host-limits.ts';
import { takeSessionOptions, type SessionOptions } from './session-options.ts';
import { nameDisposal } from '../../../realm/disposal.ts';
import { keepHere } from '../../../realm/stays-here.ts';

/** `download` and `pages`, bound to the settings that they share. */
export interface Session {
  readonly download: Download;
  readonly pages: Pages;
  /** Closes the connections that the session opened to its proxy. Resolves once those in use are done. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes `download` and `pages` for one API: with its address, headers, cookies, proxy and limits. What may identify the
 * caller (headers and query of the session) goes to the origin of `baseUrl` only; limits hold for each host.
 *
 * @example
 * ```ts
 * const api = session({ baseUrl: 'https://api.example.org/v1', headers: { 'x-api-key': key }, rate: 10 });
 * for await (const user of api.pages('users', { items: (body: { users: User[] }) => body.users })) …
 * ```
 */
export function session(options: SessionOptions = {}): Session {
  const taken = takeSessionOptions(options);
  const { retries, timeout, concurrency, rate, proxy, dispatcher } = taken;
  const opened = openProxy(proxy);
  const isLimited = concurrency !== undefined || rate !== undefined;
  const shared: RequestSession = {
    base: resolveBase(taken.baseUrl),
    headers: lowerNames(taken.headers ?? {}),
    query: writeQuery(taken.query ?? {}),
    retries,
    timeout,
    limits: isLimited ? new HostLimits({ concurrency, rate }) : undefined,
    cookies: openCookies(taken.cookies),
    dispatcher: opened ?? dispatcher,
  };
  const close = async (): Promise<void> => await opened?.close();
  const made: Session = {
    download: createDownload(shared),
    pages: createPages(shared),
    close,
    [Symbol.asyncDispose]: close,
  };
  nameDisposal(made, 'asyncDispose');
  return keepHere(made, {
    noun: 'a session of `telar/http`',
    fix: 'Make it in the worker with perWorker(() => session(…)).',
  });
}

/** Resolves the base of a session: one without a slash at its end is a folder all the same. */
function resolveBase(baseUrl: string | URL | undefined): URL | undefined {
  if (baseUrl === undefined) return undefined;
  const base = resolveUrl(baseUrl, undefined);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function writeQuery(query: NonNullable<SessionOptions['query']>): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) if (value !== undefined) written[name] = String(value);
  return written;
}
