import { isUint8Array } from 'node:util/types';
import { HttpError } from '../request/http-error.ts';
import type { SentBody } from '../request/body.ts';
import type { ResolvedRequest } from '../request/resolve-request.ts';
import type { Answer, Exchange } from './exchange.ts';
import { LastingError } from './lasting-error.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Says whether a status is no success. A redirect that was not followed is none, as it does not say where to. */
export function isFailure(status: number): boolean {
  return status >= 400 || REDIRECTS.has(status);
}

/** The way to get an answer with its body, or with a stream of it. */
export interface Exchanger<B> {
  readonly exchange: (exchange: Exchange) => Promise<Answer<B>>;
  /** Ends a body that nobody wants. */
  readonly drop: (body: B) => unknown;
  /** Calls back once the body has come, and its connection is free. */
  readonly onDone: (body: B, callback: () => void) => unknown;
}

/** An answer, with the address that it came from, and the number of its try. */
export interface Located<B> extends Answer<B> {
  readonly url: string;
  readonly attempts: number;
}

/** The next request of a try: its address, and what is sent there. */
interface Hop {
  url: URL;
  method: string;
  sent: SentBody;
  headers: Record<string, string>;
  /**
   * Whether the request is still at the origin that headers are bound to: they go to no other, nor back after a stay
   * elsewhere.
   */
  isHome: boolean;
}

/** Sends a request, and follows redirects up to an answer that is none. */
export async function followRedirects<B>(
  request: ResolvedRequest,
  exchanger: Exchanger<B>,
  attempts: number,
): Promise<Located<B>> {
  const hop = await openHop(request);
  for (let hops = 0; ; hops++) {
    const answer = await exchangeOnce(request, hop, exchanger);
    const target = answer.headers['location'];
    if (!REDIRECTS.has(answer.status) || target === undefined) {
      return { ...answer, url: hop.url.href, attempts };
    }
    // The body is dropped, or its connection would wait for somebody to read it.
    exchanger.drop(answer.body);
    if (hops >= request.redirects) {
      throw new HttpError(`more than ${request.redirects} redirects, the last to ${target}`, {
        url: request.url.href,
        method: request.method,
        attempts,
        status: answer.status,
      });
    }
    await redirect(request, hop, answer.status, target);
  }
}

async function openHop(request: ResolvedRequest): Promise<Hop> {
  const { url, method, headers, home } = request;
  const sent = await request.body.open();
  const hop = { url, method, sent, headers: { ...headers }, isHome: url.origin === home };
  if (!hop.isHome) leaveHome(request, hop);
  return hop;
}

function leaveHome({ bound }: ResolvedRequest, hop: Hop): void {
  hop.isHome = false;
  for (const name of Object.keys(hop.headers)) if (bound.has(name)) delete hop.headers[name];
}

/** Sends one request to its host, in its turn there. */
async function exchangeOnce<B>(
  request: ResolvedRequest,
  hop: Hop,
  { exchange, onDone }: Exchanger<B>,
): Promise<Answer<B>> {
  const { session, signal } = request;
  const { url, method, sent } = hop;
  const leave = await session?.limits?.acquire(url.host, signal);
  try {
    const headers: Record<string, string> = { ...hop.headers };
    if (sent.type !== undefined) headers['content-type'] ??= sent.type;
    if (sent.length !== undefined) headers['content-length'] ??= String(sent.length);
    const cookie = await session?.cookies?.read(url);
    if (cookie !== undefined) headers['cookie'] = join(headers['cookie'], cookie);
    const dispatcher = session?.dispatcher;
    const answer = await exchange({ ...request, url, method, body: sent.content, headers, dispatcher });
    await session?.cookies?.write(url, answer.cookies);
    if (leave !== undefined) onDone(answer.body, leave);
    return answer;
  } catch (thrown) {
    leave?.();
    throw thrown;
  }
}

function join(own: string | undefined, cookie: string): string {
  return own === undefined || own === '' ? cookie : `${own}; ${cookie}`;
}

async function redirect(request: ResolvedRequest, hop: Hop, status: number, target: string): Promise<void> {
  const next = resolveTarget(target, hop.url);
  if (next.origin !== hop.url.origin && hop.isHome) leaveHome(request, hop);
  hop.url = next;
  // A POST that is sent elsewhere becomes a GET, as in browsers, unless the status says that it must not.
  if (status === 303 || (status < 303 && hop.method === 'POST')) {
    hop.method = hop.method === 'HEAD' ? 'HEAD' : 'GET';
    hop.sent = { content: undefined, type: undefined, length: undefined };
    for (const name of Object.keys(hop.headers)) if (name.startsWith('content-')) delete hop.headers[name];
    return;
  }
  const { content } = hop.sent;
  if (content === undefined || typeof content === 'string' || isUint8Array(content)) return;
  if (!request.body.isRepeatable) {
    throw new LastingError(
      `status ${status} asks for the body once more, at ${next.href}, and a stream cannot be sent twice: pass a function that makes it`,
    );
  }
  hop.sent = await request.body.open();
}

/**
 * Resolves the target of a redirect. Headers arrive as bytes; those beyond ASCII go on as they are, as browsers and
 * fetch send them.
 */
function resolveTarget(target: string, base: URL): URL {
  const ascii = target.replace(
    /[\u0080-\u00ff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  let url: URL;
  try {
    url = new URL(ascii, base);
  } catch (cause) {
    throw new LastingError(`a redirect to ${JSON.stringify(target)}, which is no address`, { cause });
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new LastingError(`a redirect to ${JSON.stringify(target)}, which is no http: or https: address`);
}
