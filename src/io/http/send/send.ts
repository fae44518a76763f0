import type { Readable } from 'node:stream';
import { backOff, wait } from '../../../async/backoff.ts';
import { HttpError } from '../request/http-error.ts';
import type { ResolvedRequest } from '../request/resolve-request.ts';
import { decodeBody } from './decode-body.ts';
import { describeNetwork, describeStatus, isLasting } from './describe.ts';
import { exchangeBytes, exchangeStream } from './exchange.ts';
import { type Exchanger, followRedirects, isFailure, type Located } from './hops.ts';
import { TooLargeError } from './lasting-error.ts';
import { readRetryAfter } from './retry-after.ts';
import { limitTime } from './time-limit.ts';

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Methods of requests that mean the same when they come twice. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

const forBytes: Exchanger<Uint8Array<ArrayBuffer>> = {
  exchange: exchangeBytes,
  drop: () => {},
  onDone: (_, callback) => callback(),
};
const forStream: Exchanger<Readable> = {
  exchange: exchangeStream,
  // A body that is destroyed before its end says so by an error that nobody waits for.
  drop: (body) => body.on('error', () => {}).destroy(),
  onDone: (body, callback) => (body.closed ? callback() : body.once('close', callback)),
};

/** Sends a request until it has an answer that is a success, follows redirects, and gives the decompressed body. */
export async function sendForBytes(request: ResolvedRequest): Promise<Located<Uint8Array<ArrayBuffer>>> {
  return await retry(request, async (attempts) => {
    const limit = limitTime(request.timeout, request.signal);
    try {
      const answer = await followRedirects({ ...request, signal: limit.signal }, forBytes, attempts);
      const decoded = { ...answer, body: await decodeBody(answer, request.maxBytes) };
      if (!isFailure(answer.status)) return { answer: decoded };
      return { answer: decoded, error: describeStatus(request, decoded, attempts) };
    } finally {
      limit.end();
    }
  });
}

/**
 * Sends a request like `sendForBytes`, but gives the body in pieces, as they come and as they were sent. `timeout` and
 * `maxBytes` hold for the pieces, too.
 */
export async function sendForStream(request: ResolvedRequest): Promise<Located<AsyncIterable<Uint8Array>>> {
  return await retry(request, async (attempts) => {
    const limit = limitTime(request.timeout, request.signal);
    try {
      const answer = await followRedirects({ ...request, signal: limit.signal }, forStream, attempts);
      if (isFailure(answer.status)) {
        const [first = new Uint8Array()] = (await answer.body.take(1).toArray()) as Uint8Array[];
        answer.body.destroy();
        throw describeStatus(request, { ...answer, body: first }, attempts);
      }
      answer.body.once('close', limit.end);
      // Whoever reads the body is told of its error; without a reader the error must not end the process.
      answer.body.on('error', () => {});
      return { answer: { ...answer, body: new StreamedBody(request, answer.body, attempts) } };
    } catch (thrown) {
      limit.end();
      throw thrown;
    }
  });
}

/**
 * The pieces of a body. A generator alone that is left before its first step would hold the connection, and the place
 * of a session.
 */
class StreamedBody implements AsyncIterableIterator<Uint8Array, void> {
  readonly #body: Readable;
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>;

  constructor(request: ResolvedRequest, body: Readable, attempts: number) {
    this.#body = body;
    this.#pieces = passBody(request, body, attempts);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, void>> {
    return this.#pieces.next();
  }

  async return(): Promise<IteratorResult<Uint8Array, void>> {
    this.#body.destroy();
    return await this.#pieces.return();
  }
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

/** The outcome of one try: an answer, and where that is no success, the error for it. */
interface Tried<B> {
  readonly answer: Located<B>;
  readonly error?: HttpError;
}

async function retry<B>(
  request: ResolvedRequest,
  send: (attempts: number) => Promise<Tried<B>>,
): Promise<Located<B>> {
  const { signal, retries, method, maxRetryAfter, body, throwHttpErrors } = request;
  for (let attempts = 1; ; attempts++) {
    let error: HttpError;
    let answer: Located<B> | undefined;
    try {
      const tried = await send(attempts);
      if (tried.error === undefined) return tried.answer;
      ({ error, answer } = tried);
    } catch (thrown) {
      signal?.throwIfAborted();
      error = thrown instanceof HttpError ? thrown : describeNetwork(request, thrown, attempts);
    }
    const mayPass = error.status === undefined ? !isLasting(error) : RETRIED.has(error.status);
    const asked = readRetryAfter(error.headers?.['retry-after']);
    const mayRetry = attempts <= retries && REPEATABLE.has(method) && body.isRepeatable && mayPass;
    if (!mayRetry || (asked ?? 0) > maxRetryAfter) {
      if (answer !== undefined && !throwHttpErrors) return answer;
      throw error;
    }
    await wait(asked ?? backOff(attempts), signal);
  }
}
