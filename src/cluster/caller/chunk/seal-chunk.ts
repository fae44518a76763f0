import { type Chunk, packItems, sliceChunk } from '../../../flow/chunk/chunk.ts';
import type { Work } from '../../../flow/work/work.ts';
import { assertFrameable } from '../../../wire/frames/frame.ts';
import { seal } from '../../message/envelope.ts';
import type { ChunkInput } from '../../message/messages.ts';
import { deliverUncloneable } from './deliver.ts';

/**
 * Seals the items of a chunk. Returns nothing where they cannot be sent: a chunk that is too large is given back in halves,
 * and an item that cannot cross fails.
 *
 * @param store - Value that goes along for their tasks.
 * @param most - Bytes that the items may take.
 */
export function sealChunk(work: Work, chunk: Chunk, store: unknown, most: number): Buffer | undefined {
  let input: Buffer;
  try {
    input = seal({
      items: packItems(chunk.items, new Set()),
      store,
      header: chunk.header,
    } satisfies ChunkInput);
  } catch (thrown) {
    deliverUncloneable(work, chunk, thrown, assertFrameable);
    return undefined;
  }
  if (input.length <= most) return input;
  const { length } = chunk.items;
  if (length > 1) {
    const middle = Math.ceil(length / 2);
    work.giveBack(sliceChunk(chunk, middle, length));
    work.giveBack(sliceChunk(chunk, 0, middle));
    return undefined;
  }
  const reason = `it takes ${input.length} bytes, and a chunk may take \`maxBytes\`, which is ${most}`;
  deliverUncloneable(work, chunk, reason, () => {
    throw new DOMException(reason, 'DataCloneError');
  });
  return undefined;
}
