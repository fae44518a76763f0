import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { backOff, wait } from '../../backoff.ts';
import type { ResolvedRequest } from './download-options.ts';
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

/** Gives an answer's body, or a stream of it. */
export type Exchanger<B> = (exchange: Exchange) => Promise<Answer<B>>;

/** An answer, and where it came from. */
export interface Located<B> extends Answer<B> {
  readonly url: string;
}

/** Sends a request until it has an answer below 400, follows redirects, and gives the decompressed body. */
export async function sendForBytes(request: ResolvedRequest): Promise<Located<Uint8Array<ArrayBuffer>>> {
  return await retry(request, async (attempts) => {
    const answer = await followRedirects(request, exchangeBytes, attempts);
    const decoded = await decode(answer, request.maxBytes);
    if (answer.status >= 400) throw describeStatus(request, { ...answer, body: decoded }, attempts);
    return { ...answer, body: decoded };
  });
}

/** The same, with the body as it comes: still compressed pieces are not, since undici's stream is as it was sent. */
export async function sendForStream(request: ResolvedRequest): Promise<Located<AsyncIterable<Uint8Array>>> {
  return await retry(request, async (attempts) => {
    const answer = await followRedirects(request, exchangeStream, attempts);
    if (answer.status < 400) return answer;
    const body = Buffer.from(
      await answer.body
        .take(1)
        .toArray()
        .then((pieces) => (pieces[0] as Uint8Array | undefined) ?? new Uint8Array()),
    );
    answer.body.destroy();
    throw describeStatus(request, { ...answer, body: new Uint8Array(body) }, attempts);
  });
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
  exchange: Exchanger<B>,
  attempts: number,
): Promise<Located<B>> {
  let { url, method, body } = request;
  let headers: Record<string, string> = { ...request.headers };
  for (let hops = 0; ; hops++) {
    const answer = await limitTime(request, (signal) =>
      exchange({ ...request, url, method, body, headers, signal }),
    );
    const target = answer.headers['location'];
    if (!REDIRECTS.has(answer.status) || target === undefined) return { ...answer, url: url.href };
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

/** One try may take no longer than `timeout`. */
async function limitTime<R>(
  { timeout, signal }: ResolvedRequest,
  run: (signal: AbortSignal | undefined) => Promise<R>,
): Promise<R> {
  if (timeout === undefined) return await run(signal);
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const timer = setTimeout(
    () => controller.abort(new Error(`no whole answer within ${timeout} ms`)),
    timeout,
  );
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

const gunzip = promisify(zlib.gunzip);
const inflate = promisify(zlib.inflate);
const inflateRaw = promisify(zlib.inflateRaw);
const brotli = promisify(zlib.brotliDecompress);

async function decode(
  { headers, body }: Answer<Uint8Array<ArrayBuffer>>,
  maxOutputLength: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const codings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  let decoded: Uint8Array = body;
  if (codings.length === 0 || body.length === 0) return body;
  try {
    for (const coding of codings.reverse()) decoded = await decodeOne(decoded, coding, { maxOutputLength });
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TooLargeError(`the body is larger than ${maxOutputLength} bytes when it is decompressed`);
    }
    throw thrown;
  }
  // Small results lie in memory that Node shares between buffers, which cannot be transferred.
  const isWhole = decoded.byteLength === decoded.buffer.byteLength;
  return (
    isWhole ? new Uint8Array(decoded.buffer as ArrayBuffer) : new Uint8Array(decoded)
  ) as Uint8Array<ArrayBuffer>;
}

async function decodeOne(bytes: Uint8Array, coding: string, options: zlib.ZlibOptions): Promise<Uint8Array> {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return await gunzip(bytes, options);
    case 'deflate':
      // Some servers send it with the header of zlib, some without.
      return ((bytes[0] ?? 0) & 0x0f) === 8
        ? await inflate(bytes, options)
        : await inflateRaw(bytes, options);
    case 'br':
      return await brotli(bytes, options);
    default:
      throw new Error(`the body is encoded as ${coding}, which was not asked for`);
  }
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
