import type { Readable } from 'node:stream';
import { backOff, wait } from '../../backoff.ts';
import type { ResolvedRequest } from './download-options.ts';
import { decodeBody } from './decode-body.ts';
import { type Answer, type Exchange, exchangeBytes, exchangeStream, TooLargeError } from './exchange.ts';
import { HttpError } from './http-error.ts';
import { readRetryAfter } from './retry-after.ts';

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Requests that mean the same when they come twice. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
/** What a redirect to another origin must not see. */
export const SECRETS: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];
const SHOWN = 500;

/** How to get an answer with its body, or with a stream of it, and how to end a body that nobody wants. */
interface Exchanger<B> {
  readonly exchange: (exchange: Exchange) => Promise<Answer<B>>;
  readonly drop: (body: B) => unknown;
}

/** An answer, and where it came from. */
export interface Located<B> extends Answer<B> {
  readonly url: string;
}

/** Sends a request until it has an answer below 400, follows redirects, and gives the decompressed body. */
export async function sendForBytes(request: ResolvedRequest): Promise<Located<Uint8Array<ArrayBuffer>>> {
  return await retry(request, async (attempts) => {
    const limit = limitTime(request);
    try {
      const limited = { ...request, signal: limit.signal };
      const answer = await followRedirects(limited, { exchange: exchangeBytes, drop: () => {} }, attempts);
      const decoded = await decodeBody(answer, request.maxBytes);
      if (answer.status >= 400) throw describeStatus(request, { ...answer, body: decoded }, attempts);
      return { ...answer, body: decoded };
    } finally {
      limit.end();
    }
  });
}

/** The same, with the body in pieces, as they come and as they were sent. `timeout` and `maxBytes` hold for them, too. */
export async function sendForStream(request: ResolvedRequest): Promise<Located<AsyncIterable<Uint8Array>>> {
  return await retry(request, async (attempts) => {
    const limit = limitTime(request);
    try {
      const limited = { ...request, signal: limit.signal };
      const drop = (body: Readable): unknown => body.destroy();
      const answer = await followRedirects(limited, { exchange: exchangeStream, drop }, attempts);
      if (answer.status < 400) {
        answer.body.once('close', limit.end);
        // Whoever reads it is told; without a reader it must not end the process.
        answer.body.on('error', () => {});
        return { ...answer, body: passBody(request, answer.body, attempts) };
      }
      const [first = new Uint8Array()] = (await answer.body.take(1).toArray()) as Uint8Array[];
      answer.body.destroy();
      throw describeStatus(request, { ...answer, body: first }, attempts);
    } catch (thrown) {
      limit.end();
      throw thrown;
    }
  });
}

async function* passBody(
  request: ResolvedRequest,
  body: Readable,
  attempts: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > request.maxBytes) throw new TooLargeError(`more than ${request.maxBytes} bytes came`);
      yield piece;
    }
  } catch (thrown) {
    request.signal?.throwIfAborted();
    throw describeNetwork(request, thrown, attempts);
  } finally {
    body.destroy();
  }
}

async function retry<R>(request: ResolvedRequest, send: (attempts: number) => Promise<R>): Promise<R> {
  const { signal, retries, method, maxRetryAfter } = request;
  for (let attempts = 1; ; attempts++) {
    try {
      return await send(attempts);
    } catch (thrown) {
      signal?.throwIfAborted();
      const error = thrown instanceof HttpError ? thrown : describeNetwork(request, thrown, attempts);
      const mayRetry =
        attempts <= retries &&
        REPEATABLE.has(method) &&
        (error.status === undefined ? !(error.cause instanceof TooLargeError) : RETRIED.has(error.status));
      const asked = readRetryAfter(error.headers?.['retry-after']);
      if (!mayRetry || (asked ?? 0) > maxRetryAfter) throw error;
      await wait(asked ?? backOff(attempts), signal);
    }
  }
}

async function followRedirects<B>(
  request: ResolvedRequest,
  { exchange, drop }: Exchanger<B>,
  attempts: number,
): Promise<Located<B>> {
  let { url, method, body } = request;
  let headers: Record<string, string> = { ...request.headers };
  for (let hops = 0; ; hops++) {
    const answer = await exchange({ ...request, url, method, body, headers });
    const target = answer.headers['location'];
    if (!REDIRECTS.has(answer.status) || target === undefined) return { ...answer, url: url.href };
    // Else its connection would wait for somebody to read it.
    drop(answer.body);
    if (hops >= request.redirects) {
      throw new HttpError(`more than ${request.redirects} redirects, the last to ${target}`, {
        url: request.url.href,
        method: request.method,
        attempts,
        status: answer.status,
      });
    }
    const next = new URL(target, url);
    if (next.origin !== url.origin) for (const secret of SECRETS) delete headers[secret];
    // As browsers do: a POST that is sent elsewhere becomes a GET, unless the status says that it must not.
    if (answer.status === 303 || (answer.status < 303 && method === 'POST')) {
      method = method === 'HEAD' ? 'HEAD' : 'GET';
      body = undefined;
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
    }
    url = next;
  }
}

/** A signal that also fires when one try, with its redirects and the body, has taken `timeout`. */
function limitTime({ timeout, signal }: ResolvedRequest): {
  signal: AbortSignal | undefined;
  end: () => void;
} {
  if (timeout === undefined) return { signal, end: () => {} };
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const timer = setTimeout(
    () => controller.abort(new Error(`no whole answer within ${timeout} ms`)),
    timeout,
  );
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  return { signal: controller.signal, end };
}

function describeStatus(
  { url, method }: ResolvedRequest,
  { status, headers, body }: Answer<Uint8Array>,
  attempts: number,
): HttpError {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(SHOWN, body.byteLength)).toString();
  const shown = text.trim() === '' ? '' : `: ${text.trim().split('\n')[0]?.slice(0, 100)}`;
  return new HttpError(`status ${status}${shown}`, {
    url: url.href,
    method,
    attempts,
    status,
    headers,
    body: text,
  });
}

function describeNetwork({ url, method }: ResolvedRequest, cause: unknown, attempts: number): HttpError {
  const { code, message } = cause as { code?: string; message?: string };
  const problem =
    code === undefined || PROBLEMS[code] === undefined ? (message ?? String(cause)) : PROBLEMS[code];
  return new HttpError(problem, { url: url.href, method, attempts }, { cause });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'no such host (ENOTFOUND)',
  ECONNRESET: 'the server closed the connection (ECONNRESET)',
  UND_ERR_SOCKET: 'the connection was closed before the whole answer was there',
  UND_ERR_HEADERS_TIMEOUT: 'no headers within headersTimeout',
  UND_ERR_BODY_TIMEOUT: 'no further piece of the body within bodyTimeout',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body has another length than was announced',
};
