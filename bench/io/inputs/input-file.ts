import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const FOLDER = join(tmpdir(), 'telar-bench');
/** Text that is handed to the file at once. */
const PIECE = 1 << 20;

/** Recipe of an input, by which it is told apart: the same recipe gives the same bytes. */
export interface Recipe {
  readonly name: string;
  /** Changes with what is written. */
  readonly version: number;
  /** About how long the file becomes. */
  readonly bytes: number;
  readonly seed: number;
  /** Lines for as long as it is asked, the first being the header if there is one. */
  readonly lines: (seed: number) => Iterable<string>;
}

/** Gives the path of that file, in the temporary folder of the system. It is made once, and then kept there. */
export async function makeInputFile({ name, version, bytes, seed, lines }: Recipe): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const [stem, extension] = name.split('.');
  const path = join(FOLDER, `${stem}-v${version}-seed${seed}-${bytes}.${extension}`);
  if (existsSync(path)) return path;
  // Another bench may be making it, too.
  const partial = `${path}.${process.pid}.part`;
  try {
    await writeLines(partial, lines(seed), bytes);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
  return path;
}

async function writeLines(path: string, lines: Iterable<string>, bytes: number): Promise<void> {
  const file = createWriteStream(path);
  let left = bytes;
  let piece = '';
  const flush = async (): Promise<void> => {
    const encoded = Buffer.from(piece);
    piece = '';
    left -= encoded.length;
    if (!file.write(encoded)) await new Promise<void>((resolve) => file.once('drain', resolve));
  };
  for (const line of lines) {
    piece += line;
    if (piece.length >= Math.min(PIECE, left)) await flush();
    if (left <= 0) break;
  }
  file.end();
  await finished(file);
}
