import type { Block, BlockPosition, BlockReader } from '../../bytes/block.ts';
import { TARGET } from '../../flow/chunk/sizing.ts';
import { LARGEST_BLOCK } from '../../bytes/read/sizes.ts';
import { FileError, RecordError } from '../../errors.ts';
import { NOTHING, type Source } from '../../flow/source/source.ts';

const SMALLEST = 4 * 1024;
const FIRST = 64 * 1024;

/** A block grows at most by this factor over the largest so far: the first records run cold, and tell little. */
const GROWTH = 4;
const EMPTY: Block = {
  bytes: new Uint8Array(new SharedArrayBuffer(0)),
  file: undefined,
  offset: 0,
  isFirst: true,
  mark: 0,
  encoding: undefined,
  headerLines: 0,
  columns: undefined,
  broken: undefined,
};
/** Blocks that wait here to be sent: reading goes on while the workers have enough. */
const AHEAD = 2;

/** A block on its way, with what became of its records when workers died on them. */
export interface FedBlock extends Block {
  /** Records that are not run again, by their number. Sent along. */
  readonly without: number[];
  /** The one among them that ends the run. */
  endsAt?: number;
}

/** How a feed is used. */
export interface FeedForm {
  /** Whether somebody wants to know where each block ends. */
  readonly isTracked: boolean;
  /** Whether a file among others that cannot be read is passed over: somebody asks for what could not. */
  readonly goesOn: boolean;
}

/** Feeds a run with the blocks of a reader: each is an item. Their size follows the time that workers report. */
export class BlockFeed implements Source {
  readonly remaining: undefined;
  readonly #reader: BlockReader;
  /** How many may be at work, over which the end of a file is spread. */
  readonly #share: number;
  readonly #ready: FedBlock[] = [];
  #isReading = false;
  #isDone = false;
  #failure: { readonly thrown: unknown } | undefined;
  #notify: () => void = () => {};
  #size = FIRST;
  #largest = FIRST;
  #time = 0;
  #bytes = 0;
  /** Whether it was told to end before the reader had. */
  isCut = false;
  /** Where each block ends, for who wants to go on there. */
  readonly #positions: WeakMap<FedBlock, BlockPosition> | undefined;
  readonly #goesOn: boolean;
  /** The files that stand for nothing but their failure. */
  readonly #faults = new WeakMap<FedBlock, FileError | RecordError>();

  constructor(reader: BlockReader, workers: number, form: FeedForm) {
    this.#reader = reader;
    this.#goesOn = form.goesOn;
    if (form.isTracked) this.#positions = new WeakMap();
    this.#share = 2 * workers;
  }

  get isEnded(): boolean {
    return this.#isDone && this.#ready.length === 0 && this.#failure === undefined;
  }

  next(): unknown {
    const block = this.#ready.shift();
    void this.#read();
    if (block !== undefined) return block;
    if (this.#failure !== undefined) {
      const { thrown } = this.#failure;
      this.#failure = undefined;
      throw thrown;
    }
    return NOTHING;
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
  }

  /** A block is done: its memory is free, and its time says how large others should be. */
  release(block: Block, compute: number): void {
    this.#time = this.#time * 0.7 + compute;
    this.#bytes = this.#bytes * 0.7 + block.bytes.length;
    this.#largest = Math.max(this.#largest, block.bytes.length);
    const ideal = this.#time > 0 ? (TARGET * this.#bytes) / this.#time : LARGEST_BLOCK;
    this.#size = Math.max(SMALLEST, Math.min(ideal, this.#largest * GROWTH, LARGEST_BLOCK));
    this.#reader.release(block);
  }

  /** Where a block ends. */
  positionOf(block: FedBlock): BlockPosition | undefined {
    return this.#positions?.get(block);
  }

  /** Why a file could not be read, of which there is nothing more than this block. */
  faultOf(block: FedBlock): FileError | RecordError | undefined {
    return this.#faults.get(block);
  }

  /** Gives no further block. */
  stop(): void {
    if (this.isEnded) return;
    this.isCut = true;
    this.#isDone = true;
    this.#ready.length = 0;
    this.#failure = undefined;
    this.#notify();
  }

  async close(): Promise<void> {
    this.#isDone = true;
    this.#ready.length = 0;
    this.#failure = undefined;
    await this.#reader.close();
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#isDone) return;
    this.#isReading = true;
    try {
      while (!this.#isDone && this.#ready.length < AHEAD) {
        const block = await this.#readNext();
        if (this.#isDone) return;
        if (block === undefined) {
          this.#isDone = true;
          await this.#reader.close();
          break;
        }
        this.#positions?.set(block, this.#reader.position);
        this.#ready.push(block);
        this.#notify();
      }
    } catch (thrown) {
      if (this.#isDone) return;
      this.#isDone = true;
      this.#failure = { thrown };
      await this.#reader.close();
    } finally {
      this.#isReading = false;
    }
    this.#notify();
  }

  async #readNext(): Promise<FedBlock | undefined> {
    try {
      const block = await this.#reader.read(this.#chooseSize());
      return block === undefined ? undefined : { ...block, without: [] };
    } catch (thrown) {
      const isOfFile = thrown instanceof FileError || thrown instanceof RecordError;
      if (!this.#goesOn || !this.#reader.canGoOn || !isOfFile) throw thrown;
      // In its turn: what was read before it goes first.
      const block = { ...EMPTY, file: thrown.file, without: [] };
      this.#faults.set(block, thrown);
      return block;
    }
  }

  /** Towards the known end blocks shrink, so that all workers end together. */
  #chooseSize(): number {
    const { remaining } = this.#reader;
    if (remaining === undefined) return Math.floor(this.#size);
    return Math.floor(Math.max(SMALLEST, Math.min(this.#size, Math.max(FIRST, remaining / this.#share))));
  }
}
