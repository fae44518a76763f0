import { promisify } from 'node:util';
// The whole module is imported: a bundler may ask for members by name, and Node 20 has not all of them.
import zlib from 'node:zlib';
import type { Answer } from './exchange.ts';
import { LastingError, TooLargeError } from './lasting-error.ts';

/** A one-shot form of zlib, which says with `info` how far it has read. */
type Decompress = (
  bytes: Uint8Array,
  options: zlib.ZlibOptions & { readonly info: true },
) => Promise<{ buffer: Buffer; engine: { bytesWritten: number } }>;

const gunzip = promisify(zlib.gunzip) as unknown as Decompress;
const inflate = promisify(zlib.inflate) as unknown as Decompress;
const inflateRaw = promisify(zlib.inflateRaw) as unknown as Decompress;
const brotli = promisify(zlib.brotliDecompress) as unknown as Decompress;

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
    if (thrown instanceof LastingError) throw thrown;
    const { code, message } = thrown as { code?: unknown; message?: string };
    // A body that was cut may come whole the next time.
    if (code === 'Z_BUF_ERROR') throw thrown;
    throw new LastingError(`the body is not what its encoding (${codings.join(', ')}) says: ${message}`, {
      cause: thrown,
    });
  }
  // Small results lie in memory that Node shares between buffers, which cannot be transferred.
  const isWhole = decoded.byteLength === decoded.buffer.byteLength;
  return (
    isWhole ? new Uint8Array(decoded.buffer as ArrayBuffer) : new Uint8Array(decoded)
  ) as Uint8Array<ArrayBuffer>;
}

async function decodeOne(
  bytes: Uint8Array,
  coding: string,
  { maxOutputLength }: { maxOutputLength: number },
): Promise<Uint8Array> {
  const { buffer, engine } = await chooseDecompress(coding, bytes)(bytes, { maxOutputLength, info: true });
  // Members of gzip may follow one another, with zeros behind them, and the reader of gzip sees to that; any other body
  // is one stream.
  if (engine.bytesWritten === bytes.length || coding.endsWith('gzip')) return buffer;
  throw new LastingError(
    `${bytes.length - engine.bytesWritten} bytes stand behind the end of the body's ${coding} stream`,
  );
}

function chooseDecompress(coding: string, bytes: Uint8Array): Decompress {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzip;
    case 'deflate':
      // Some servers send deflate with the header of zlib, some without.
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw;
    case 'br':
      return brotli;
    default:
      throw new LastingError(`the body is encoded as ${coding}, which was not asked for`);
  }
}
