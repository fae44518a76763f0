import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundFile } from './find-files.ts';

/** A file and its bytes, or why it cannot be read. */
export type SourceFile =
  | { readonly path: string; readonly package: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly path: string; readonly package: string; readonly problem: string };

/** Most files that are being read, or were read before they are asked for. */
const MAX_PENDING = 16;
const MAX_PENDING_BYTES = 16_000_000;

/**
 * Reads files on the event loop, in order, a few ahead of the reader.
 *
 * @remarks
 * At most 16 files or 16 MB are ahead; one file always is, however large. A file that cannot be read is an
 * item like any other. When the reader stops early, the reads under way are awaited.
 */
export async function* readFiles(folder: string, files: readonly FoundFile[]): AsyncGenerator<SourceFile> {
  const ahead: { file: FoundFile; reading: Promise<SourceFile> }[] = [];
  let bytes = 0;
  let next = 0;
  try {
    for (;;) {
      for (let file = files[next]; file !== undefined; file = files[next]) {
        const full = ahead.length >= MAX_PENDING || bytes + file.size > MAX_PENDING_BYTES;
        if (full && ahead.length > 0) break;
        ahead.push({ file, reading: readSource(folder, file) });
        bytes += file.size;
        next += 1;
      }
      const first = ahead.shift();
      if (first === undefined) return;
      bytes -= first.file.size;
      yield await first.reading;
    }
  } finally {
    await Promise.all(ahead.map(({ reading }) => reading));
  }
}

/** Never rejects: a file that cannot be read is data. */
async function readSource(folder: string, file: FoundFile): Promise<SourceFile> {
  const { path, package: name, problem } = file;
  if (problem !== undefined) return { path, package: name, problem };
  try {
    const read = await readFile(join(folder, path));
    // Only memory that is all its own can be handed to a worker; a small read may sit in Node's shared pool.
    const own = read.buffer instanceof ArrayBuffer && read.buffer.byteLength === read.byteLength;
    return { path, package: name, bytes: own ? new Uint8Array(read.buffer) : Uint8Array.from(read) };
  } catch (error) {
    return { path, package: name, problem: error instanceof Error ? error.message : String(error) };
  }
}
