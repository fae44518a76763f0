import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { type Answer, TooLargeError } from './exchange.ts';

const gunzip = promisify(zlib.gunzip);
const inflate = promisify(zlib.inflate);
const inflateRaw = promisify(zlib.inflateRaw);
const brotli = promisify(zlib.brotliDecompress);

/** Decompresses a body, as its headers say, to memory of exactly its size, so that it can be transferred. */
export async function decodeBody(
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
