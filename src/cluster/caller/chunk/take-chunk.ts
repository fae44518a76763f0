import { type Chunk, indexOf } from '../../../flow/chunk/chunk.ts';
import type { Work } from '../../../flow/work/work.ts';

/**
 * Takes the next chunk of a run. A block of a file is a chunk of its own, which one thread works on: as many as a node has
 * threads for go together.
 *
 * @param most - Blocks in a chunk.
 */
export function takeChunk(work: Work, most: number): Chunk | undefined {
  const first = work.nextChunk();
  const { definition } = work.terms;
  const isBlock = definition?.kind === 'chain' && definition.decode !== undefined;
  if (first === undefined || !isBlock || !isFresh(first)) return first;
  const chunks: Chunk[] = [first];
  while (chunks.length < most) {
    const next = work.nextChunk();
    if (next === undefined) break;
    if (!isFresh(next)) {
      // A block that has been tried goes alone, so that its tries are counted right.
      work.giveBack(next);
      break;
    }
    chunks.push(next);
  }
  if (chunks.length === 1) return first;
  return {
    ...first,
    index: Float64Array.from(chunks.map((chunk) => indexOf(chunk, 0))),
    items: chunks.flatMap(({ items }) => items as readonly unknown[]),
    isSole: false,
  };
}

function isFresh({ attempt, losses, items }: Chunk): boolean {
  return attempt === 1 && losses === 0 && items.length === 1;
}
