import { raceTime } from '../../../async/deferred.ts';
import type { ByteInput } from '../inputs/byte-input.ts';
import type { BlockMemory, Memory } from '../../block-memory.ts';

/** Longest wait, in ms, for a stream that gives little at a time. */
const LONGEST_WAIT = 10;

/** The bytes of an input that are being looked at: filled from the input, and left in blocks from the front. */
export class ByteWindow {
  /** Input that fills the window; it may be exchanged for one that goes on at the same byte. */
  input: ByteInput;
  /** Bytes of the smallest part of the text: the window ends with a whole one, but for the end of the input. */
  unit: 1 | 2 = 1;
  memory!: Memory;
  filled = 0;
  /** True once no more bytes will come: the input has ended, or has failed. */
  isAtEnd = false;
  isClosed = false;
  readonly #pool: BlockMemory;
  #wanted = 0;
  #failure: { readonly thrown: unknown } | undefined;
  /** Bytes behind the last block that belong to the next. */
  #carry: Memory | undefined;
  #carried = 0;

  constructor(input: ByteInput, pool: BlockMemory) {
    this.input = input;
    this.#pool = pool;
  }

  get remaining(): number | undefined {
    const left = this.input.remaining;
    return left === undefined ? undefined : left + this.#carried;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Whether the window holds as much as was asked for. A live input may have given little so far. */
  get isFull(): boolean {
    return this.filled >= this.#wanted;
  }

  /** Takes memory for a block of about this size, which begins with the bytes that the last block has left. */
  begin(size: number): void {
    this.#wanted = toEven(Math.max(size, 2 * this.#carried));
    this.memory = this.#pool.take(this.#wanted);
    this.filled = this.#carried;
    if (this.#carry !== undefined) this.memory.set(this.#carry.subarray(0, this.#carried));
    this.#dropCarry();
  }

  /** Takes twice the memory, but not more than `most` bytes need. */
  grow(most: number): void {
    this.#wanted = toEven(Math.min(2 * this.filled, Math.max(most, this.filled + 1)));
    const larger = this.#pool.take(this.#wanted);
    larger.set(this.memory.subarray(0, this.filled));
    this.#pool.give(this.memory);
    this.memory = larger;
  }

  /**
   * Reads on, until the window is full or a live input has nothing more for now. A failure is kept for
   * `assertReadable`.
   */
  async fill(): Promise<void> {
    const until = performance.now() + LONGEST_WAIT;
    while (!this.isAtEnd && (this.filled < this.#wanted || this.filled % this.unit !== 0)) {
      await this.#read();
      if (this.isClosed) return;
      if (!this.input.isLive || this.isAtEnd || this.filled % this.unit !== 0) continue;
      const left = until - performance.now();
      const ready = this.input.whenReady?.();
      // Bytes that are there do not wait for a sender who is silent.
      if (left < 0 || (ready !== undefined && !(await raceTime(ready, left)))) break;
    }
  }

  /** Leaves the bytes before `from` to the block that has the memory, and keeps the rest for the next block. */
  leave(from: number): void {
    const { memory, filled } = this;
    if (from === filled) return;
    // The rest is copied at once: the memory belongs to whoever got the block.
    this.#carry = this.#pool.take(filled - from);
    this.#carry.set(memory.subarray(from, filled));
    this.#carried = filled - from;
  }

  /** Gives the memory back, when there is no block in it. */
  drop(): void {
    this.#pool.give(this.memory);
    this.filled = 0;
  }

  /** Reads on from this byte of the input. Only for an input that can be read again. */
  async seek(offset: number): Promise<void> {
    this.#dropCarry();
    this.isAtEnd = false;
    await this.input.seek?.(offset);
  }

  assertReadable(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.#dropCarry();
    await this.input.close();
  }

  async #read(): Promise<void> {
    try {
      // A unit that was begun is read to its end: the memory has room for it.
      const to = Math.max(this.#wanted, toEven(this.filled + 1));
      const read = await this.input.read(this.memory.subarray(this.filled, to));
      this.filled += read;
      if (read === 0) this.isAtEnd = true;
    } catch (thrown) {
      this.#failure = { thrown };
      this.isAtEnd = true;
    }
  }

  #dropCarry(): void {
    if (this.#carry !== undefined) this.#pool.give(this.#carry);
    this.#carry = undefined;
    this.#carried = 0;
  }
}

function toEven(size: number): number {
  return size + (size % 2);
}
