import { LARGEST_BLOCK, USUAL_BLOCK } from '../../../bytes/sizes.ts';
import { TARGET } from '../../../flow/chunk/sizing.ts';

/** A block grows at most by this factor over the largest so far: the first records run cold, and tell little. */
const GROWTH = 16;
/**
 * Bytes of the first blocks, of which nothing is known, and share of the input that they have at most. A worker gives back
 * what it has not begun of records that turn out slow, but after 200 ms only: a small file has a record in each.
 */
const LARGEST_FIRST = 16 * 1024;
const FIRST_SHARE = 1 / 1024;
/** Share of what was learned that stays when a block reports. */
const MEMORY = 0.7;
/** Towards the end, blocks are not made smaller than this: their trips would cost more than their balance gains. */
const LEAST_SHARE = 64 * 1024;

/**
 * Chooses how many bytes the next block should have, for a constant time, from what workers report. A block has a
 * record at least.
 */
export class BlockSizer {
  /** Number of blocks over which the end of a file is spread. */
  readonly share: number;
  #largest = 0;
  #time = 0;
  #bytes = 0;

  constructor(share: number) {
    this.share = share;
  }

  /**
   * Returns the number of bytes that the next block should have.
   *
   * @param remaining - Number of bytes that are to come, where that is known.
   */
  chooseSize(remaining: number | undefined): number {
    const ideal = this.#time > 0 ? (TARGET * this.#bytes) / this.#time : USUAL_BLOCK;
    // A block that is larger than usual need not fill its time: it takes memory.
    const wanted = ideal > USUAL_BLOCK ? Math.max(USUAL_BLOCK, ideal / 2) : ideal;
    const most = this.#largest === 0 ? chooseFirst(remaining) : this.#largest * GROWTH;
    const size = Math.max(1, Math.min(wanted, most, LARGEST_BLOCK));
    const fair = remaining === undefined ? size : Math.max(LEAST_SHARE, remaining / this.share);
    return Math.floor(Math.min(size, fair));
  }

  /** Learns that a worker has taken `compute` ms for a block of `bytes` bytes. */
  learn(bytes: number, compute: number): void {
    // Nothing is known of a block on which a worker died.
    if (compute === 0 || bytes === 0) return;
    this.#time = this.#time * MEMORY + compute;
    this.#bytes = this.#bytes * MEMORY + bytes;
    this.#largest = Math.max(this.#largest, bytes);
  }
}

/** Chooses the bytes of a block before any has come back. An input of unknown length may be a short one. */
function chooseFirst(remaining: number | undefined): number {
  return remaining === undefined ? 1 : Math.min(LARGEST_FIRST, remaining * FIRST_SHARE);
}
