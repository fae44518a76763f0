import { createHash, type Hash } from 'node:crypto';
import type { Block, BlockPosition, BlockReader, BrokenRecord } from '../block.ts';
import type { BlockStart } from '../source.ts';
import type { ByteInput } from './byte-input.ts';
import { findLineEnd, type Cut } from './cut.ts';
import { BlockMemory } from './memory.ts';
import { digest, seek } from './seek.ts';

/** What there is to know of the records. */
export interface RecordRules {
  readonly cut: Cut;
  /** The most bytes of one record. */
  readonly maxRecordBytes: number;
  /** Why a record may have no end although its line does. */
  readonly unclosed: string | undefined;
  /** Reads the header of a file from its first records: the names, and how many bytes and lines it takes. */
  readonly readHeader: ((bytes: Block) => Header) | undefined;
  /** The names where no header has them. */
  readonly columns: readonly string[] | undefined;
}

export interface Header {
  readonly columns: readonly string[];
  readonly bytes: number;
  readonly lines: number;
}

/** What is left of a record that was too long: enough to recognise it. */
const SHOWN = 64 * 1024;
/** A stream that gives little at a time is not waited for longer than this, in ms. */
const LONGEST_WAIT = 10;

type Memory = Uint8Array<SharedArrayBuffer>;

/** Cuts the bytes of one input after the other into blocks of whole records. */
export class InputBlockReader implements BlockReader {
  readonly #inputs: AsyncIterator<ByteInput>;
  readonly #rules: RecordRules;
  readonly #memory = new BlockMemory();
  #input: ByteInput | undefined;
  #isEnded = false;
  #isClosed = false;
  #pending: Promise<unknown> | undefined;
  /** Where to begin, until that is done. */
  #start: BlockStart | undefined;
  readonly #isTracked: boolean;
  #inputAt: number;

  // Of the input that is being read.
  #offset = 0;
  #isFirst = true;
  #hasAll = false;
  #columns: readonly string[] | undefined;
  /** Bytes behind the last block that belong to the next. */
  #carry: Memory | undefined;
  #carryFrom = 0;
  #carryTo = 0;
  /** Of a stream's bytes up to the end of the last block, where a run is to go on there another time. */
  #hash: Hash | undefined;

  /** @param start - `inputs` begin with that at which it stands. */
  constructor(inputs: AsyncIterable<ByteInput>, rules: RecordRules, start?: BlockStart) {
    this.#inputs = inputs[Symbol.asyncIterator]();
    this.#rules = rules;
    this.#start = start;
    this.#isTracked = start !== undefined;
    this.#inputAt = (start?.from?.input ?? 0) - 1;
  }

  get position(): BlockPosition {
    const hash = this.#hash === undefined ? undefined : digest(this.#hash);
    return {
      input: this.#inputAt,
      file: this.#input?.file,
      offset: this.#offset,
      columns: this.#columns,
      hash,
    };
  }

  get remaining(): number | undefined {
    const left = this.#input?.remaining;
    return left === undefined ? undefined : left + this.#carryTo - this.#carryFrom;
  }

  async read(size: number): Promise<Block | undefined> {
    const reading = this.#read(size);
    this.#pending = reading.catch(() => {});
    return await reading;
  }

  release({ bytes }: Block): void {
    this.#memory.give(new Uint8Array(bytes.buffer));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // The read that is under way ends before its file is closed.
    if (this.#input?.isLive !== true) await this.#pending;
    await this.#closeInput();
    if (!this.#isEnded) await this.#inputs.return?.();
    this.#isEnded = true;
  }

  async #read(size: number): Promise<Block | undefined> {
    while (!this.#isClosed) {
      if (this.#input === undefined && !(await this.#openNext())) return undefined;
      const block = await this.#readBlock(size);
      if (block !== undefined) return this.#isClosed ? undefined : block;
      await this.#closeInput();
    }
    return undefined;
  }

  async #openNext(): Promise<boolean> {
    const step = await this.#inputs.next();
    if (step.done === true) {
      this.#isEnded = true;
      return false;
    }
    const input = step.value;
    const from = this.#start?.from;
    this.#start = undefined;
    this.#input = input;
    this.#inputAt++;
    this.#hasAll = false;
    this.#offset = from?.offset ?? 0;
    this.#isFirst = this.#offset === 0;
    this.#columns = from?.columns ?? input.columns ?? this.#rules.columns;
    // Files are known by their own marks.
    if (this.#isTracked && input.file === undefined) this.#hash = createHash('sha256');
    if (from !== undefined) await seek(input, from, this.#hash);
    return true;
  }

  async #closeInput(): Promise<void> {
    const input = this.#input;
    this.#input = undefined;
    this.#dropCarry();
    await input?.close();
  }

  /** The next block of this input; `undefined` when it has ended. */
  async #readBlock(size: number): Promise<Block | undefined> {
    const { cut: findCut, maxRecordBytes, unclosed } = this.#rules;
    let wanted = Math.max(size, 2 * (this.#carryTo - this.#carryFrom));
    // One more, for the line end that may be missing at the end.
    let memory = this.#memory.take(wanted + 1);
    let filled = this.#takeCarry(memory);
    for (;;) {
      filled = await this.#fill(memory, filled, wanted);
      if (this.#isClosed || filled === 0) {
        this.#memory.give(memory);
        return undefined;
      }
      const cut = findCut(memory, filled, this.#isFirst);
      if (this.#hasAll) {
        const isOpen = unclosed !== undefined && cut < filled && this.#isRecordOpen(memory, filled);
        return isOpen ? this.#emitUnclosed(memory, cut, filled) : this.#emit(memory, filled, filled);
      }
      if (cut > 0) return this.#emit(memory, cut, filled);
      if (filled >= maxRecordBytes) return await this.#emitTooLong(memory, filled);
      // What is live may have given little so far; else the record is longer than the block.
      if (filled < wanted) continue;
      wanted = Math.min(2 * filled, Math.max(maxRecordBytes, filled + 1));
      const larger = this.#memory.take(wanted + 1);
      larger.set(memory.subarray(0, filled));
      this.#memory.give(memory);
      memory = larger;
    }
  }

  /** Whether the bytes of the last record end within quotes: another line end would not end it. */
  #isRecordOpen(memory: Memory, filled: number): boolean {
    const kept = memory[filled] as number;
    memory[filled] = 10;
    const isOpen = this.#rules.cut(memory, filled + 1, this.#isFirst) !== filled + 1;
    memory[filled] = kept;
    return isOpen;
  }

  async #fill(memory: Memory, from: number, to: number): Promise<number> {
    const input = this.#input as ByteInput;
    const began = performance.now();
    let filled = from;
    while (filled < to && !this.#hasAll) {
      const read = await input.read(memory.subarray(filled, to));
      if (this.#isClosed) return filled;
      if (read === 0) this.#hasAll = true;
      filled += read;
      if (input.isLive && performance.now() - began > LONGEST_WAIT) break;
    }
    return filled;
  }

  /** Gives the first `cut` bytes as a block, and keeps the rest for the next. */
  #emit(memory: Memory, cut: number, filled: number, broken?: BrokenRecord): Block {
    const { file } = this.#input as ByteInput;
    const offset = this.#offset;
    this.#offset += cut;
    this.#hash?.update(memory.subarray(0, cut));
    this.#keepCarry(memory, cut, filled);
    const isFirst = this.#isFirst;
    const whole: Block = {
      bytes: memory.subarray(0, cut),
      file,
      offset,
      isFirst,
      headerLines: 0,
      columns: this.#columns,
      broken,
    };
    if (!isFirst || this.#rules.readHeader === undefined) {
      this.#isFirst = false;
      return whole;
    }
    const header = this.#rules.readHeader(whole);
    this.#isFirst = false;
    this.#columns = header.columns;
    return {
      ...whole,
      bytes: memory.subarray(header.bytes, cut),
      offset: header.bytes,
      headerLines: header.lines,
      columns: header.columns,
    };
  }

  /** A quote that never closes: the line on which its record begins is given up, and reading goes on behind it. */
  #emitUnclosed(memory: Memory, cut: number, filled: number): Block {
    if (cut > 0) return this.#emit(memory, cut, filled);
    const end = findLineEnd(memory, 0, filled);
    return this.#emit(memory, end, filled, { reason: this.#rules.unclosed ?? '', lines: 1 });
  }

  /** A record beyond the limit: its beginning stands for it, and reading goes on behind its line. */
  async #emitTooLong(memory: Memory, filled: number): Promise<Block> {
    const { maxRecordBytes, unclosed } = this.#rules;
    const end = findLineEnd(memory, 0, filled);
    if (end < filled && unclosed !== undefined) {
      return this.#emit(memory, end, filled, { reason: unclosed, lines: 1 });
    }
    if (this.#isFirst && this.#rules.readHeader !== undefined) {
      throw new TypeError(
        `The header of ${this.#input?.file ?? 'the input'} is longer than ${maxRecordBytes} bytes: is it CSV?`,
      );
    }
    const reason = `longer than ${maxRecordBytes} bytes (maxRecordBytes)`;
    const skipped = this.#memory.take(LARGEST_SKIP);
    let dropped = filled;
    let rest = 0;
    this.#hash?.update(memory.subarray(0, filled));
    for (let lineEnd = -1; lineEnd < 0 && !this.#hasAll && !this.#isClosed;) {
      rest = await this.#fill(skipped, 0, LARGEST_SKIP);
      lineEnd = rest === 0 ? -1 : skipped.subarray(0, rest).indexOf(10);
      const end = lineEnd < 0 ? rest : lineEnd + 1;
      dropped += end;
      this.#hash?.update(skipped.subarray(0, end));
      if (lineEnd >= 0) this.#keepCarry(skipped, lineEnd + 1, rest);
    }
    const shown = Math.min(SHOWN, filled);
    const offset = this.#offset;
    const { file } = this.#input as ByteInput;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    this.#offset += dropped;
    return {
      bytes: memory.subarray(0, shown),
      file,
      offset,
      isFirst,
      headerLines: 0,
      columns: this.#columns,
      broken: { reason, lines: 1 },
    };
  }

  #takeCarry(memory: Memory): number {
    const carry = this.#carry;
    if (carry === undefined) return 0;
    const length = this.#carryTo - this.#carryFrom;
    memory.set(carry.subarray(this.#carryFrom, this.#carryTo));
    this.#dropCarry();
    return length;
  }

  /** Copied at once: the block's memory belongs to whoever got it. */
  #keepCarry(memory: Memory, from: number, to: number): void {
    this.#dropCarry();
    if (from === to) return;
    const carry = this.#memory.take(to - from);
    carry.set(memory.subarray(from, to));
    this.#carry = carry;
    this.#carryFrom = 0;
    this.#carryTo = to - from;
  }

  #dropCarry(): void {
    if (this.#carry !== undefined) this.#memory.give(this.#carry);
    this.#carry = undefined;
    this.#carryFrom = 0;
    this.#carryTo = 0;
  }
}

const LARGEST_SKIP = 256 * 1024;
