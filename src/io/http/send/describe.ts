import { HttpError } from '../request/http-error.ts';
import type { ResolvedRequest } from '../request/resolve-request.ts';
import type { Answer } from './exchange.ts';
import { LastingError } from './lasting-error.ts';

/** Length of the beginning of a body that an error shows. */
export const SHOWN = 500;

/** Codes of Node and undici for failures that another try would meet again. */
const LASTING = new Set([
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_URL',
  'ERR_INVALID_CHAR',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export function isLasting(error: HttpError): boolean {
  const { cause } = error;
  if (cause instanceof LastingError || cause instanceof TypeError) return true;
  return LASTING.has(String((cause as { code?: unknown } | undefined)?.code));
}

export function describeStatus(
  { url, method }: ResolvedRequest,
  { status, headers, body }: Answer<Uint8Array>,
  attempts: number,
): HttpError {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(SHOWN, body.byteLength)).toString();
  const shown = text.trim() === '' ? '' : `: ${text.trim().split('\n')[0]?.slice(0, 100)}`;
  const problem = status < 400 ? ', a redirect that does not say where to' : '';
  return new HttpError(`status ${status}${problem}${shown}`, {
    url: url.href,
    method,
    attempts,
    status,
    headers,
    body: text,
  });
}

export function describeNetwork(
  { url, method }: ResolvedRequest,
  cause: unknown,
  attempts: number,
): HttpError {
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
