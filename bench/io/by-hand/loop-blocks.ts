import { open } from 'node:fs/promises';
import { BlockReader, type Cut } from './block-reader.ts';
import type { Transform } from './text-output.ts';

/** Works through blocks on one thread: the sequential program, as good as it gets. */
export async function loopBlocks(from: string, to: string, make: Transform, cut: Cut): Promise<void> {
  const [input, output] = await Promise.all([open(from), open(to, 'w')]);
  const reader = new BlockReader(input, cut);
  let spare: ArrayBuffer | undefined;
  for (let bytes = await reader.read(); bytes !== undefined; bytes = await reader.read()) {
    const made = make(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), spare);
    for (let done = 0; done < made.length;) done += (await output.write(made, done)).bytesWritten;
    reader.reuse(bytes.buffer);
    spare = made.buffer;
  }
  await Promise.all([input.close(), output.close()]);
}
