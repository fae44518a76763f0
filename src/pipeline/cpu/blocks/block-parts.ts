import type { BlockPosition, BlockReader, SharedBytes } from '../../../bytes/block.ts';
import type { BlockSizer } from './block-sizer.ts';
import type { FedBlock } from './fed-block.ts';

/** Cuts blocks into parts in the same memory, and knows where each part ends and when its memory is free again. */
export class BlockParts {
  readonly #reader: BlockReader;
  readonly #sizer: BlockSizer;
  /** Position at which each block ends, for a run that wants to go on there. */
  readonly #positions: WeakMap<FedBlock, BlockPosition> | undefined;
  /** Bytes of the pieces in which all workers can share what was given back, since it took longer than foreseen. */
  readonly #pieces = new WeakMap<FedBlock, number>();
  /** Number of parts of a block in the same memory that have yet to settle. */
  readonly #sharers = new Map<SharedArrayBuffer, number>();

  /** @param isTracked - Whether somebody wants to know where each block ends. */
  constructor(reader: BlockReader, sizer: BlockSizer, isTracked: boolean) {
    this.#reader = reader;
    this.#sizer = sizer;
    this.#positions = isTracked ? new WeakMap() : undefined;
  }

  /** Takes in a block that was just read. */
  add(block: FedBlock): void {
    this.#positions?.set(block, this.#reader.position);
    this.#share(block.bytes);
  }

  /** Returns the position at which a block ends. */
  positionOf(block: FedBlock): BlockPosition | undefined {
    return this.#positions?.get(block);
  }

  /** Takes what a worker has not read of a block, from this byte and record on. */
  takeRest(block: FedBlock, from: number, records: number): FedBlock {
    const rest = this.#part(block, from, block.bytes.length);
    for (const record of block.without) if (record >= records) rest.without.push(record - records);
    if (block.endsAt !== undefined && block.endsAt >= records) rest.endsAt = block.endsAt - records;
    this.#pieces.set(rest, Math.ceil(rest.bytes.length / this.#sizer.share));
    this.#moveEnd(block, rest, from);
    return rest;
  }

  /** Splits a large part, so that other workers can be at work on what is behind its beginning. */
  split(block: FedBlock): readonly [FedBlock, FedBlock] | undefined {
    const { bytes, without } = block;
    const size = Math.min(this.#sizer.chooseSize(bytes.length), this.#pieces.get(block) ?? Infinity);
    // A block with records that are not to be run again stays whole, since they are known by their numbers.
    if (bytes.length < 1.5 * size || without.length > 0) return undefined;
    const at = this.#reader.findSplit(block, size);
    if (at === undefined) return undefined;
    const parts = [
      { ...this.#part(block, 0, at), isFirst: block.isFirst, bom: block.bom },
      this.#part(block, at, bytes.length),
    ] as const;
    this.#pieces.set(parts[1], this.#pieces.get(block) ?? Infinity);
    this.#moveEnd(block, parts[1], at);
    this.#positions?.set(parts[0], this.#positions.get(block) as BlockPosition);
    this.free(block);
    return parts;
  }

  /** Notes that a part of a block is done with: memory of which no part is left is used again. */
  free(block: FedBlock): void {
    const { buffer } = block.bytes;
    const left = (this.#sharers.get(buffer) ?? 1) - 1;
    if (left > 0) {
      this.#sharers.set(buffer, left);
      return;
    }
    this.#sharers.delete(buffer);
    this.#reader.release(block);
  }

  #part(block: FedBlock, from: number, to: number): FedBlock {
    const bytes = block.bytes.subarray(from, to) as SharedBytes;
    this.#share(bytes);
    const { offset } = block;
    return { ...block, bytes, offset: offset + from, isFirst: false, bom: 0, headerLines: 0, without: [] };
  }

  /** Gives the end of a block to its rest; the block then ends where the rest begins. */
  #moveEnd(block: FedBlock, rest: FedBlock, at: number): void {
    const position = this.#positions?.get(block);
    if (position === undefined) return;
    this.#positions?.set(rest, position);
    // There is no hash of what a stream has given up to there: nobody has looked at it.
    this.#positions?.set(block, { ...position, offset: block.offset + at, hash: undefined });
  }

  #share({ buffer }: SharedBytes): void {
    this.#sharers.set(buffer, (this.#sharers.get(buffer) ?? 0) + 1);
  }
}
