import type { Hash } from 'node:crypto';
import type { Block, BrokenRecord, TextForm } from '../../block.ts';
import { UTF_8 } from '../../encoding.ts';
import { ByteWindow } from './byte-window.ts';
import { LEAST_TOLD } from './text/text-start.ts';
import type { ByteInput } from '../inputs/byte-input.ts';
import type { BlockMemory, Memory } from '../../block-memory.ts';
import type { RecordRules } from '../../record-rules.ts';
import { breakLost, breakTooLong, breakUnclosed, skipRecord } from './skip-record.ts';
import { WindowText } from './window-text.ts';

/** Most bytes that are kept of a record that was too long: enough to recognise it. */
const SHOWN = 64 * 1024;
/** Fewest bytes that are read at once; smaller blocks are cut from them. */
const LEAST_READ = 64 * 1024;
/** Bytes beside those of a record: its mark and its line end. */
const BESIDE = 8;

/** Place in an input where reading begins, when that is not its start. */
export interface CutStart {
  readonly offset: number;
  readonly columns?: readonly string[] | undefined;
  readonly form?: TextForm | undefined;
}

/** Cuts the bytes of one input into blocks of whole records. */
export class BlockCutter {
  readonly #rules: RecordRules;
  readonly #window: ByteWindow;
  readonly #hash: Hash | undefined;
  readonly #text: WindowText;
  /** Most bytes that are searched for the end of a record: more without an end are no record. */
  readonly #limit: number;
  #offset = 0;
  #columns: readonly string[] | undefined;
  #isFirst = true;
  /** Whether the header is still to come: only empty lines stand before it. */
  #readsHeader: boolean;

  /**
   * @param start - Place where reading begins; the bytes before it are behind `input` already.
   * @param hash - Hash that takes the bytes of the blocks.
   */
  constructor(
    input: ByteInput,
    rules: RecordRules,
    memory: BlockMemory,
    start: CutStart | undefined,
    hash: Hash | undefined,
  ) {
    this.#rules = rules;
    this.#hash = hash;
    // The limit is at least `SHOWN`, so that the part shown of a record that is too long is the same wherever it
    // stands.
    this.#limit = Math.max(rules.maxRecordBytes, SHOWN) + BESIDE;
    this.#window = new ByteWindow(input, memory);
    this.#text = new WindowText(this.#window, rules, this.#limit);
    this.#readsHeader = rules.readHeader !== undefined;
    this.#columns = start?.columns ?? input.columns ?? rules.columns;
    if (start === undefined || start.offset === 0) return;
    this.#offset = start.offset;
    this.#isFirst = false;
    this.#readsHeader &&= start.columns === undefined;
    this.#text.open(start.form ?? { encoding: rules.encoding ?? UTF_8, endsWithCr: false });
  }

  /** Position in the input at which the last block ends. */
  get offset(): number {
    return this.#offset;
  }

  get columns(): readonly string[] | undefined {
    return this.#columns;
  }

  /** Form of the text, to go on behind the last block; `undefined` where it is UTF-8 with ordinary line ends. */
  get form(): TextForm | undefined {
    const { form } = this.#text;
    return form === undefined || (form.encoding.kind === 'utf-8' && !form.endsWithCr) ? undefined : form;
  }

  get remaining(): number | undefined {
    return this.#window.remaining;
  }

  /** Input that is cut; it may be another than the one given, which goes on at the same byte. */
  get input(): ByteInput {
    return this.#window.input;
  }

  /**
   * Cuts the next block; `undefined` when the input has ended, or was closed. Rejects when it cannot be read any
   * further.
   */
  async next(size: number): Promise<Block | undefined> {
    const window = this.#window;
    window.begin(Math.max(size, LEAST_READ));
    this.#text.begin();
    // The bytes that the last block has left may hold this one.
    for (let isFilled = window.filled >= Math.max(size, LEAST_TOLD); ; isFilled = false) {
      if (!isFilled) await window.fill();
      if (window.isClosed || (window.filled === 0 && window.isAtEnd)) {
        window.drop();
        if (!window.isClosed) window.assertReadable();
        return undefined;
      }
      const cut = this.#text.findCut(size);
      if (cut > 0 && (!window.isAtEnd || window.filled > size)) return this.#emit(cut);
      if (window.isAtEnd) return this.#emitLast(this.#text.findCut(Infinity));
      // Half a unit may be all that is missing to tell how the text is written.
      const isTold = this.#text.form !== undefined;
      if (isTold && window.filled >= this.#limit) return await this.#emitTooLong();
      if (window.isFull) window.grow(this.#limit);
    }
  }

  async close(): Promise<void> {
    await this.#window.close();
  }

  /** Cuts a block from the last bytes of the input, behind which no more will come. */
  #emitLast(cut: number): Block {
    const window = this.#window;
    const { filled } = window;
    if (window.hasFailed) {
      if (cut === 0) window.drop();
      if (cut === 0) window.assertReadable();
      // The whole records go on. The rest is cut off somewhere, and no record.
      window.filled = cut;
      return this.#emit(cut);
    }
    const { quoting } = this.#rules;
    const record = quoting === undefined ? undefined : this.#text.follow(cut);
    if (record?.isQuoted !== true) return this.#emit(filled);
    // The records before the quote that never closes come first.
    if (cut > 0) return this.#emit(cut);
    // The record is given up as one that did not fit into memory, since its input cannot be read again.
    if (filled >= this.#limit && window.input.seek === undefined) {
      return this.#emit(filled, breakLost(record.lines + 1));
    }
    const line = this.#text.leaveLine();
    return this.#emit(line, this.#breakUnclosed(line));
  }

  /** Gives the first `cut` bytes as a block, and keeps the rest for the next. */
  #emit(cut: number, broken?: BrokenRecord): Block {
    const window = this.#window;
    const { memory } = window;
    const block = this.#describe(memory, cut, broken);
    this.#hash?.update(memory.subarray(0, cut));
    this.#offset += cut;
    window.leave(cut);
    const header = this.#readsHeader ? this.#rules.readHeader?.(block) : undefined;
    if (header === undefined) return block;
    this.#readsHeader = false;
    this.#columns = header.columns;
    return {
      ...block,
      bytes: memory.subarray(header.bytes, cut),
      offset: block.offset + header.bytes,
      bom: 0,
      headerLines: header.lines,
      columns: header.columns,
    };
  }

  #describe(memory: Memory, length: number, broken: BrokenRecord | undefined): Block {
    const { form, bom } = this.#text;
    const block: Block = {
      bytes: memory.subarray(0, length),
      file: this.#window.input.file,
      offset: this.#offset,
      isFirst: this.#isFirst,
      bom,
      encoding: form?.encoding.kind === 'utf-8' ? undefined : form?.encoding,
      headerLines: 0,
      columns: this.#columns,
      broken,
    };
    this.#isFirst = false;
    this.#text.bom = 0;
    return block;
  }

  /** Gives the beginning of a record beyond the limit, which stands for all of it; reading goes on behind its end. */
  async #emitTooLong(): Promise<Block | undefined> {
    const window = this.#window;
    const { memory, filled } = window;
    const { maxRecordBytes } = this.#rules;
    const record = this.#text.follow(0);
    const shown = Math.min(filled, this.#text.bom + SHOWN);
    const describe = (broken: BrokenRecord): Block => this.#describe(memory, shown, broken);
    if (this.#readsHeader) this.#rules.readHeader?.(describe(breakTooLong(maxRecordBytes, 1)));
    this.#hash?.update(memory.subarray(0, filled));
    const length = filled + (await skipRecord(window, record, this.#text.unitForm, this.#hash));
    if (window.isClosed) return undefined;
    const isUnclosed = record.isQuoted && window.isAtEnd && !window.hasFailed;
    const lines = record.lines + (record.isEnded ? 0 : 1);
    if (!isUnclosed || window.input.seek === undefined) {
      const block = describe(isUnclosed ? breakLost(lines) : breakTooLong(maxRecordBytes, lines));
      this.#offset += length;
      return block;
    }
    // The quote of the record never closes: all but its first line is read again.
    const line = record.firstLine * this.#text.unitForm.size;
    const block = this.#describe(memory, Math.min(shown, line), this.#breakUnclosed(line));
    this.#offset += line;
    await window.seek(this.#offset);
    return block;
  }

  #breakUnclosed(line: number): BrokenRecord {
    return line > this.#limit ? breakTooLong(this.#rules.maxRecordBytes, 1) : breakUnclosed();
  }
}
