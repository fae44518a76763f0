import { HttpError } from '../request/http-error.ts';
import { SHOWN } from './describe.ts';
import type { Located } from './hops.ts';

/** Reads text as `fetch` does: a byte order mark at its start is no part of it. */
export function readText(bytes: Uint8Array): string {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from).toString();
}

/**
 * Reads the value of an answer that is JSON; a body that is not, such as a page of maintenance, is an error that names
 * its URL and status.
 */
export function readJson(answer: Located<Uint8Array>, method: string): unknown {
  const text = readText(answer.body);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const { url, status, headers, attempts } = answer;
    const body = text.slice(0, SHOWN);
    const type = headers['content-type'];
    const problem = `the body is no JSON (status ${status}${type === undefined ? '' : `, ${type}`}): ${(cause as Error).message}`;
    throw new HttpError(problem, { url, method, status, headers, attempts, body }, { cause });
  }
}
