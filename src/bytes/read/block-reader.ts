import { createHash, type Hash } from 'node:crypto';
import { TelarError } from '../../errors/telar-error.ts';
import { FileError } from '../../errors/file-error.ts';
import type { Block, BlockPosition, BlockReader } from '../block.ts';
import type { BlockStart } from '../source.ts';
import { BlockCutter } from './cutting/block-cutter.ts';
import { findSplit } from './cutting/split-block.ts';
import type { InputPlace } from './inputs/byte-input.ts';
import { InputCursor } from './input-cursor.ts';
import { BlockMemory } from '../block-memory.ts';
import type { RecordRules } from '../record-rules.ts';
import { digest, seek } from './seek.ts';

/** Reads the blocks of one input after the other. */
export class InputBlockReader implements BlockReader {
  readonly #inputs: InputCursor;
  readonly #rules: RecordRules;
  readonly #memory = new BlockMemory();
  #cutter: BlockCutter | undefined;
  #isClosed = false;
  #pending: Promise<unknown> | undefined;
  /** Start of the first input, until that is opened. */
  #start: BlockStart | undefined;
  readonly #isTracked: boolean;
  /** Hash of a stream's bytes up to the end of the last block, where a later run is to go on there. */
  #hash: Hash | undefined;
  canGoOn = false;

  /** @param start - Position at which reading begins; the first of `places` is the input in which it stands. */
  constructor(places: AsyncIterable<InputPlace>, rules: RecordRules, start?: BlockStart) {
    this.#inputs = new InputCursor(places, start?.from?.input ?? 0);
    this.#rules = rules;
    this.#start = start;
    this.#isTracked = start !== undefined;
  }

  get position(): BlockPosition {
    const cutter = this.#cutter;
    // Without a cutter the last input has ended or failed, and the next one begins.
    if (cutter === undefined) return { input: this.#inputs.at + 1, offset: 0 };
    const { offset, columns, form } = cutter;
    const hash = this.#hash === undefined ? undefined : digest(this.#hash);
    const more = form === undefined ? {} : { form };
    return { input: this.#inputs.at, file: this.#inputs.place?.file, offset, columns, ...more, hash };
  }

  get remaining(): number | undefined {
    return this.#cutter?.remaining;
  }

  async read(size: number): Promise<Block | undefined> {
    const reading = this.#read(size);
    this.#pending = reading.catch(() => {});
    return await reading;
  }

  findSplit(block: Block, size: number): number | undefined {
    return findSplit(block, size, this.#rules);
  }

  release({ bytes }: Block): void {
    this.#memory.give(new Uint8Array(bytes.buffer));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // The read that is under way ends before its file is closed.
    if (this.#inputs.place?.isLive !== true) await this.#pending;
    await this.#leave();
    await this.#inputs.close();
  }

  async #read(size: number): Promise<Block | undefined> {
    while (!this.#isClosed) {
      if (this.#cutter === undefined && !(await this.#inputs.next())) return undefined;
      try {
        this.#cutter ??= await this.#open(this.#inputs.place as InputPlace);
        const block = await this.#cutter?.next(size);
        if (block !== undefined) return this.#isClosed ? undefined : block;
      } catch (thrown) {
        this.canGoOn = this.#inputs.place?.isOneOfMany === true;
        const { file } = this.#inputs.place as InputPlace;
        await this.#leave().catch(() => {});
        throw file === undefined || thrown instanceof TelarError ? thrown : new FileError(file, thrown);
      }
      await this.#leave();
    }
    return undefined;
  }

  /** Opens an input and cuts it from its start on; resolves to `undefined` when the reader was closed meanwhile. */
  async #open(place: InputPlace): Promise<BlockCutter | undefined> {
    const from = this.#start?.from;
    this.#start = undefined;
    const input = await place.open();
    if (this.#isClosed) {
      await input.close();
      return undefined;
    }
    // Only a stream needs a hash: files, and bytes in memory, are known by their own marks.
    const isKnown = place.file !== undefined || input.seek !== undefined;
    this.#hash = this.#isTracked && !isKnown ? createHash('sha256') : undefined;
    const cutter = new BlockCutter(input, this.#rules, this.#memory, from, this.#hash);
    try {
      if (from !== undefined) await seek(cutter.input, from, this.#hash);
    } catch (thrown) {
      await cutter.close();
      throw thrown;
    }
    return cutter;
  }

  async #leave(): Promise<void> {
    const cutter = this.#cutter;
    this.#cutter = undefined;
    await cutter?.close();
  }
}
