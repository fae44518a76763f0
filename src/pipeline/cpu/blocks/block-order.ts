import type { Segment } from '../../../flow/outcome/segment.ts';
import type { FedBlock } from './fed-block.ts';

/** A part of the input on its way: it waits to be handed out, is with a worker, or has its outcome. */
interface Part {
  block: FedBlock;
  state: 'waiting' | 'out' | 'done';
  segment: Segment | undefined;
}

/**
 * Keeps the blocks that are on their way in the order of the input. One may become several when a worker gives back
 * what it has not read: so the order is not that in which they were handed out.
 */
export class BlockOrder {
  readonly #parts: Part[] = [];

  /** Adds a block that was handed out, behind all others. */
  add(block: FedBlock): void {
    this.#parts.push({ block, state: 'out', segment: undefined });
  }

  /** Puts the rest of a block behind it, where the rest waits to be handed out. */
  follow(block: FedBlock, rest: FedBlock): void {
    this.#parts.splice(this.#find(block) + 1, 0, { block: rest, state: 'waiting', segment: undefined });
  }

  /** Hands out the first part that waits. */
  takeWaiting(split: (block: FedBlock) => readonly [FedBlock, FedBlock] | undefined): FedBlock | undefined {
    const part = this.#parts.find(({ state }) => state === 'waiting');
    if (part === undefined) return undefined;
    const parts = split(part.block);
    if (parts !== undefined) {
      part.block = parts[0];
      this.follow(...parts);
    }
    part.state = 'out';
    return part.block;
  }

  get hasWaiting(): boolean {
    return this.#parts.some(({ state }) => state === 'waiting');
  }

  /** Whether some parts are with workers, which may give a part of them back. */
  get hasOut(): boolean {
    return this.#parts.some(({ state }) => state === 'out');
  }

  settle(block: FedBlock, segment: Segment): void {
    const part = this.#parts[this.#find(block)];
    if (part === undefined) return;
    part.segment = segment;
    part.state = 'done';
  }

  /** Takes the outcome of the first part of all, once that is known; the part leaves the order with it. */
  takeFirst(): Segment | undefined {
    const segment = this.#parts[0]?.segment;
    if (segment !== undefined) this.#parts.shift();
    return segment;
  }

  clear(): void {
    this.#parts.length = 0;
  }

  #find(block: FedBlock): number {
    return this.#parts.findIndex((part) => part.block === block);
  }
}
