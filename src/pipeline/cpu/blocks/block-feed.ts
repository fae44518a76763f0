import type { BlockPosition, BlockReader } from '../../../bytes/block.ts';
import { FileError } from '../../../errors/file-error.ts';
import { RecordError } from '../../../errors/record-error.ts';
import type { Segment } from '../../../flow/outcome/segment.ts';
import { type PortionedInput, ReadAhead } from '../../../flow/source/read-ahead.ts';
import { NOTHING, type Source } from '../../../flow/source/source.ts';
import { BlockOrder } from './block-order.ts';
import { BlockParts } from './block-parts.ts';
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
  readonly #parts: BlockParts;
  readonly #goesOn: boolean;
  /** Failures of files that could not be read, by the empty blocks that stand for these files. */
  readonly #faults = new WeakMap<FedBlock, FileError | RecordError>();

  constructor(reader: BlockReader, workers: number, form: FeedForm) {
    this.#reader = reader;
    this.#goesOn = form.goesOn;
    this.#sizer = new BlockSizer(2 * workers);
    this.#parts = new BlockParts(reader, this.#sizer, form.isTracked);
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
    const rest = this.#order.takeWaiting((block) => this.#parts.split(block));
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
    const rest = isCut ? this.#parts.takeRest(block, end, payload.records) : undefined;
    if (rest !== undefined) this.#order.follow(block, rest);
    this.#order.settle(block, segment);
    this.#parts.free(block);
    if (rest !== undefined || this.#ready.hasFailed) this.#ready.notify();
    return rest;
  }

  /** Takes the outcome of the next block in the order of the input, once that is known. */
  takeSettled(): Segment | undefined {
    return this.#order.takeFirst();
  }

  /** Returns the position at which a block ends. */
  positionOf(block: FedBlock): BlockPosition | undefined {
    return this.#parts.positionOf(block);
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
    this.#parts.add(block);
    return true;
  }
}
