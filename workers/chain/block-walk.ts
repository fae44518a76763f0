import type { Block } from '../../src/bytes/block.ts';
import { type Decoder, END, type MalformedError } from '../../src/bytes/decode/lines/decoder.ts';
import type { RecordPlace } from '../../src/wire/message/payload.ts';
import { startRecord } from '../../src/wire/slots/slot.ts';
import { Pacer } from '../item/pacer.ts';
import { findPlaces } from './find-places.ts';
import type { ChainHost } from './stages/host.ts';

/** A block with the records on which workers died: they are not run again, only found. */
export type SentBlock = Block & { readonly without?: readonly number[]; readonly endsAt?: number };

/** A block that has taken so many ms is left to others, at ten times what it should take: on a busy machine most take longer. */
const LONGEST_BLOCK = 200;
/** Looks at the clock after so many records: those behind quick ones may take a thousand times as long. Costs 10 ns each. */
const LONGEST_LOOK = 8;

// Taken now: tasks may replace it.
const { min } = Math;

/** The records of a block, one after the other, as long as the block may take. */
export class BlockWalk {
  /** What was read of the blocks of a chunk: records, lines and bytes. */
  records = 0;
  lines = 0;
  decoded = 0;
  /** Whether others should have the rest of the last one. */
  isCut = false;
  /** The number of the record that is being run, in its block. */
  record = -1;

  readonly #decode: (block: Block) => Decoder;
  readonly #longestLook: number;
  #block: SentBlock | undefined;
  #decoder: Decoder | undefined;
  /** Says when a block takes too long, and after how many records to ask it. */
  #pacer = new Pacer();
  #nextLook = 0;

  /** @param isRun - Whether something is done with the records, which may take long. */
  constructor(decode: (block: Block) => Decoder, isRun: boolean) {
    this.#decode = decode;
    this.#longestLook = isRun ? LONGEST_LOOK : Infinity;
  }

  /** A chunk begins. */
  begin(): void {
    this.records = 0;
    this.lines = 0;
    this.decoded = 0;
    this.isCut = false;
  }

  open(block: SentBlock): void {
    this.#block = block;
    this.#decoder = this.#decode(block);
    this.record = -1;
    this.#pacer = new Pacer(LONGEST_BLOCK);
    this.#nextLook = 1;
  }

  /** The next record, or `END`. Throws for one that cannot be read. */
  next({ slots, line }: ChainHost): unknown {
    const decoder = this.#decoder as Decoder;
    if (this.record + 1 >= this.#nextLook && this.#isOver(decoder)) return this.end();
    startRecord(slots, line, ++this.record);
    let record: unknown;
    try {
      record = decoder.next();
    } catch (thrown) {
      this.records++;
      throw thrown;
    }
    if (record === END) return this.end();
    this.records++;
    return record;
  }

  /** Something of a record was waited for: that takes longer than a look at the clock. */
  lookNext(): void {
    this.#nextLook = 0;
  }

  end(): typeof END {
    const decoder = this.#decoder as Decoder;
    this.lines += decoder.lines;
    this.decoded += decoder.position;
    this.#decoder = undefined;
    return END;
  }

  /** Where the record begins, in the bytes of its file. */
  get index(): number {
    return (this.#block as SentBlock).offset + (this.#decoder as Decoder).start;
  }

  /** Whether a worker died on the record: it is not run again. */
  get isLost(): boolean {
    return this.#block?.without?.includes(this.record) === true;
  }

  /** Whether the run ends with the record. */
  get isLast(): boolean {
    return this.#block?.endsAt === this.record;
  }

  /** Where the record stands; `undefined` where no block is open. */
  findPlace(thrown: unknown, isMalformed: boolean): RecordPlace | undefined {
    const decoder = this.#decoder;
    if (decoder === undefined) return undefined;
    const malformed = isMalformed ? (thrown as MalformedError) : undefined;
    return {
      index: this.record,
      line: malformed?.line ?? decoder.line,
      column: malformed?.column,
      text: decoder.text(),
    };
  }

  /** Where records of the last block stand: nobody keeps that of those that are well until then, so it is read again. */
  findPlaces(records: readonly number[]): ReadonlyMap<number, RecordPlace> {
    if (this.#block === undefined) return new Map();
    return findPlaces(this.#decode(this.#block), new Set(records));
  }

  /** Whether others should have the rest of the block, behind at least one record. */
  #isOver(decoder: Decoder): boolean {
    const isOver =
      this.record >= 0 && this.#pacer.isOver() && decoder.position < (this.#block as SentBlock).bytes.length;
    this.#nextLook = this.record + 1 + min(this.#pacer.stride, this.#longestLook);
    this.isCut ||= isOver;
    return isOver;
  }
}
