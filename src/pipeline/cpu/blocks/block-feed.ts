import type { BlockPosition, BlockReader, SharedBytes } from '../../../bytes/block.ts';
import { FileError } from '../../../errors/file-error.ts';
import { RecordError } from '../../../errors/record-error.ts';
import type { Segment } from '../../../flow/outcome/segment.ts';
import { type PortionedInput, ReadAhead } from '../../../flow/source/read-ahead.ts';
import { NOTHING, type Source } from '../../../flow/source/source.ts';
import { BlockOrder } from './block-order.ts';
import { BlockSizer } from './block-sizer.ts';
import { type FedBlock, makeEmptyBlock } from './fed-block.ts';

/** Number of blocks that wait here to be sent: reading goes on while the workers have enough. */
const AHEAD = 2;

/** Use that is made of a feed. */
export interface FeedForm {
  /** Whether somebody wants to know where each block ends. */
  readonly isTracked: boolean;
  /** Whether a file among others that cannot be read is passed over: somebody asks for what could not be read. */
  readonly goesOn: boolean;
}

/**
 * Feeds a run with the blocks of a reader: each block is an item. The size of blocks follows the time that workers
 * report. What a worker gives back of a block whose time was over is an item as well, and goes before new blocks.
 */
export class BlockFeed implements Source, PortionedInput<FedBlock, FedBlock | undefined> {
  readonly remaining: undefined;
  readonly #reader: BlockReader;
  readonly #sizer: BlockSizer;
  readonly #ready = new ReadAhead<FedBlock, FedBlock | undefined>(this);
  readonly #order = new BlockOrder();
  /** True once the feed was told to end before the reader had ended. */
  isCut = false;
  /** Position at which each block ends, for a run that wants to go on there. */
  readonly #positions: WeakMap<FedBlock, BlockPosition> | undefined;
  readonly #goesOn: boolean;
  /** Failures of files that could not be read, by the empty blocks that stand for these files. */
  readonly #faults = new WeakMap<FedBlock, FileError | RecordError>();
  /** Bytes of the pieces in which all workers can share what was given back, since it took longer than foreseen. */
  readonly #pieces = new WeakMap<FedBlock, number>();
  /** Number of parts of a block in the same memory that have yet to settle. */
  readonly #sharers = new Map<SharedArrayBuffer, number>();

  constructor(reader: BlockReader, workers: number, form: FeedForm) {
    this.#reader = reader;
    this.#goesOn = form.goesOn;
    if (form.isTracked) this.#positions = new WeakMap();
    this.#sizer = new BlockSizer(2 * workers);
  }

  get isEnded(): boolean {
    return this.#ready.isEnded && !this.#order.hasOut && !this.#order.hasWaiting;
  }

  get isFull(): boolean {
    return this.#ready.length >= AHEAD;
  }

  /** Whether something that was given back waits here, and holds up what stands behind it. */
  get hasRest(): boolean {
    return this.#order.hasWaiting;
  }

  next(): unknown {
    const rest = this.#order.takeWaiting((block) => this.#split(block));
    if (rest !== undefined) return rest;
    const block = this.#ready.shift();
    this.#ready.read();
    if (block !== NOTHING) this.#order.add(block);
    // The failure comes in its turn: something may come back of the blocks that are out.
    else if (!this.#order.hasOut) this.#ready.throwFailure();
    return block;
  }

  onReady(listener: () => void): void {
    this.#ready.onReady(listener);
  }

  /**
   * Notes what became of a block. Its time says how large others should be. Its memory is free, unless a part of it was
   * given back.
   *
   * @returns The part of the block that was given back, if any.
   */
  settle(block: FedBlock, segment: Segment): FedBlock | undefined {
    const { payload, compute = 0 } = segment;
    const isCut = payload?.isCut === true && payload.decoded > 0 && payload.decoded < block.bytes.length;
    const end = isCut ? payload.decoded : block.bytes.length;
    const { delay = 0 } = payload ?? {};
    // The time without a core says nothing of the records: blocks would shrink on a busy machine, and cost more.
    this.#sizer.learn(end, delay > 0 && delay < compute ? compute - delay : compute);
    const rest = isCut ? this.#takeRest(block, end, payload.records) : undefined;
    this.#order.settle(block, segment);
    this.#free(block);
    if (rest !== undefined || this.#ready.hasFailed) this.#ready.notify();
    return rest;
  }

  /** Takes the outcome of the next block in the order of the input, once that is known. */
  takeSettled(): Segment | undefined {
    return this.#order.takeFirst();
  }

  /** Returns the position at which a block ends. */
  positionOf(block: FedBlock): BlockPosition | undefined {
    return this.#positions?.get(block);
  }

  /** Returns why a file could not be read of which there is nothing more than this block. */
  faultOf(block: FedBlock): FileError | RecordError | undefined {
    return this.#faults.get(block);
  }

  /** Gives no further blocks, except for what is given back of those that the feed gave. */
  stop(): void {
    if (this.#ready.isEnded || this.isCut) return;
    this.isCut = true;
    this.#ready.close();
    this.#ready.notify();
  }

  /** Closes what has been read to its end, or failed. */
  release(): Promise<void> {
    return this.#reader.close();
  }

  async close(): Promise<void> {
    this.#ready.close();
    this.#order.clear();
    await this.#reader.close();
  }

  async pull(): Promise<FedBlock | undefined> {
    try {
      const block = await this.#reader.read(this.#sizer.chooseSize(this.#reader.remaining));
      return block && { ...block, without: [] };
    } catch (thrown) {
      const isOfFile = thrown instanceof FileError || thrown instanceof RecordError;
      if (!this.#goesOn || !this.#reader.canGoOn || !isOfFile) throw thrown;
      // The failure comes in its turn: what was read before it goes first.
      const block = makeEmptyBlock(thrown.file);
      this.#faults.set(block, thrown);
      return block;
    }
  }

  unwrap(block: FedBlock | undefined): FedBlock | typeof NOTHING {
    return block ?? NOTHING;
  }

  note(block: FedBlock): boolean {
    this.#positions?.set(block, this.#reader.position);
    this.#share(block.bytes);
    return true;
  }

  /** Takes what a worker has not read of a block, from this byte and record on. */
  #takeRest(block: FedBlock, from: number, records: number): FedBlock {
    const rest = this.#part(block, from, block.bytes.length);
    for (const record of block.without) if (record >= records) rest.without.push(record - records);
    if (block.endsAt !== undefined && block.endsAt >= records) rest.endsAt = block.endsAt - records;
    this.#pieces.set(rest, Math.ceil(rest.bytes.length / this.#sizer.share));
    this.#order.follow(block, rest);
    this.#moveEnd(block, rest, from);
    return rest;
  }

  /** Splits a large part, so that other workers can be at work on what is behind its beginning. */
  #split(block: FedBlock): readonly [FedBlock, FedBlock] | undefined {
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
    this.#free(block);
    return parts;
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

  #free(block: FedBlock): void {
    const { buffer } = block.bytes;
    const left = (this.#sharers.get(buffer) ?? 1) - 1;
    if (left > 0) {
      this.#sharers.set(buffer, left);
      return;
    }
    this.#sharers.delete(buffer);
    this.#reader.release(block);
  }
}
