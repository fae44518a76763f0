import type { ByteInput } from './byte-input.ts';
import { StreamInput } from './stream-input.ts';

const PIECE = 64 * 1024;

/** Makes UTF-8 of the bytes of another encoding. Bytes that are no text in that become U+FFFD. */
export function transcode(input: ByteInput, encoding: string): ByteInput {
  const pieces = decodePieces(input, new TextDecoder(encoding));
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => pieces.next(),
    return: async () => {
      // The generator ends no sooner than the read that it waits for, which may be never.
      await input.close();
      return await pieces.return(undefined);
    },
  };
  return new StreamInput({ [Symbol.asyncIterator]: () => iterator }, input.file);
}

async function* decodePieces(
  input: ByteInput,
  decoder: InstanceType<typeof TextDecoder>,
): AsyncGenerator<Uint8Array> {
  try {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const read = await input.read(piece);
      const text = decoder.decode(piece.subarray(0, read), { stream: read > 0 });
      if (text !== '') yield Buffer.from(text);
      if (read === 0) return;
    }
  } finally {
    await input.close();
  }
}
