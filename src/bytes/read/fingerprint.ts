import { isUint8Array } from 'node:util/types';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { isUrl } from '../../realm/url.ts';
import { crc32 } from '../../journal/lines/crc.ts';
import type { Encoding } from '../encoding.ts';
import { type BytesInput, listFiles } from './open-blocks.ts';

/** Number of bytes that are looked at at each end of a file. */
const END = 64 * 1024;

/** The options of a source by which it reads, and of which its format says nothing; `undefined` where they are not given. */
export interface AskedReading {
  readonly encoding: Encoding | undefined;
  readonly columns?: readonly string[] | undefined;
  /** Whether the first row is left out, for columns that were given. */
  readonly header?: boolean | undefined;
}

/**
 * Describes an input so that the next run knows it again: files by their paths, sizes, times and both ends, and how they
 * are read. `undefined` for a stream, of which nothing is known before it is read.
 */
export async function describeBytes(input: BytesInput, asked: AskedReading): Promise<string | undefined> {
  const found = await describeInput(input);
  // A journal knows a source without such options by its format alone.
  const how = JSON.stringify(asked);
  return how === '{}' ? found : `${found ?? 'a stream'} as ${how}`;
}

async function describeInput(input: BytesInput): Promise<string | undefined> {
  if (isUint8Array(input)) return `${input.length} bytes ${crc32(input).toString(16)}`;
  if (typeof input !== 'string' && !isUrl(input) && !Array.isArray(input)) return undefined;
  const files = await listFiles(input as string | URL | readonly (string | URL)[]);
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of files) {
    const { size, mtime, ends } = await readEnds(file);
    bytes += size;
    hash.update(JSON.stringify([file, size, mtime])).update(ends);
  }
  const count = files.length === 1 ? `${files[0]} of` : `${files.length} files of`;
  return `${count} ${bytes} bytes ${hash.digest('hex').slice(0, 16)}`;
}

async function readEnds(file: string): Promise<{ size: number; mtime: number; ends: Uint8Array }> {
  const handle = await open(file, 'r');
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw new TypeError(
        `Expected a file, which can be read again when the run resumes; ${file} is a folder, a device or a pipe.`,
      );
    }
    const { size, mtimeMs } = stats;
    const ends = new Uint8Array(2 * END);
    await handle.read(ends, 0, END, 0);
    if (size > END) await handle.read(ends, END, END, Math.max(END, size - END));
    return { size, mtime: mtimeMs, ends };
  } finally {
    await handle.close();
  }
}
