import type { Block } from '../../../src/bytes/block.ts';
import { type Decoder, END, type MalformedError } from '../../../src/bytes/decode/lines/decoder.ts';
import type { RecordPlace } from '../../../src/wire/message/payload.ts';
import { BlockPacer } from './block-pacer.ts';
import { findPlaces } from './find-places.ts';

/** A block with the records on which workers died: they are not run again, only found. */
export type SentBlock = Block & { readonly without?: readonly number[]; readonly endsAt?: number };

/** The records of a block, one after the other, as long as the block may take. */
export class BlockWalk {
  /** Numbers of the records, lines and bytes that were read of the blocks of a chunk. */
  records = 0;
  lines = 0;
  decoded = 0;
  /** Whether others should have the rest of the last block. */
  isCut = false;
  /** The number of the record that is being run, in its block. */
  record = -1;

  readonly #decode: (block: Block) => Decoder;
  /** Says, before a record, whether its block has taken too long; then it ends there where `cut` says so. */
  readonly pacer: BlockPacer;
  #block: SentBlock | undefined;
  /** Numbers of the records on which workers died, which are not run again; `undefined` where there are none. */
  without: readonly number[] | undefined;
  /** Decoder of the block that is open. */
  decoder: Decoder | undefined;

  /** @param isRun - Whether something is done with the records, which may take long. */
  constructor(decode: (block: Block) => Decoder, isRun: boolean) {
    this.#decode = decode;
    this.pacer = new BlockPacer(isRun);
  }

  /** Milliseconds for which this thread had no core while it was at the blocks of a chunk. */
  get delay(): number {
    return this.pacer.delay;
  }

  /** Clears the counts, as a chunk begins. */
  begin(): void {
    this.records = 0;
    this.lines = 0;
    this.decoded = 0;
    this.isCut = false;
    this.pacer.delay = 0;
  }

  open(block: SentBlock): void {
    this.#block = block;
    this.without = block.without === undefined || block.without.length === 0 ? undefined : block.without;
    this.decoder = this.#decode(block);
    this.record = -1;
    this.pacer.begin();
  }

  end(): typeof END {
    const decoder = this.decoder as Decoder;
    this.lines += decoder.lines;
    this.decoded += decoder.position;
    this.pacer.end();
    this.decoder = undefined;
    return END;
  }

  /** Position of the block, in the bytes of its file. */
  get offset(): number {
    return (this.#block as SentBlock).offset;
  }

  /** Whether the run ends with the record. */
  get isLast(): boolean {
    return this.#block?.endsAt === this.record;
  }

  /** Finds the place of the record; `undefined` where no block is open. */
  findPlace(thrown: unknown, isMalformed: boolean): RecordPlace | undefined {
    const decoder = this.decoder;
    if (decoder === undefined) return undefined;
    const malformed = isMalformed ? (thrown as MalformedError) : undefined;
    return {
      index: this.record,
      line: malformed?.line ?? decoder.line,
      column: malformed?.column,
      text: decoder.text(),
    };
  }

  /** Finds the places of records of the last block: nobody kept the places of good records, so it is read again. */
  findPlaces(records: readonly number[]): ReadonlyMap<number, RecordPlace> {
    if (this.#block === undefined) return new Map();
    return findPlaces(this.#decode(this.#block), new Set(records));
  }

  /** Leaves the rest of a block that has taken too long to others. Returns whether there is one, behind a record. */
  cut(decoder: Decoder): boolean {
    const isLeft = this.record >= 0 && decoder.position < (this.#block as SentBlock).bytes.length;
    this.isCut ||= isLeft;
    return isLeft;
  }
}
