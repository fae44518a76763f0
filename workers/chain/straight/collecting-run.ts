import {
  type Decoder,
  type DecoderSteps,
  LOOP_ENDED,
  LOOP_ON,
  LOOP_THROUGH,
  NO_RECORD,
  type RecordHost,
  type RecordLoop,
} from '../../../src/bytes/decode/lines/decoder.ts';
import { isSeenWithdrawn, type SlotRow, type Slots, startStraight } from '../../../src/wire/slots/slot.ts';
import { dropMalformed, type StraightChain } from './straight-chain.ts';

/**
 * Collects records as they are, for folds, in the loop of their decoder. All that is done for one stands in `take`, which
 * V8 compiles into that loop: with a function for each step a row takes 8 % longer.
 */
export class CollectingRun implements RecordHost {
  readonly #chain: StraightChain;
  #decoder!: Decoder;
  #slots!: Slots;
  #row: SlotRow = 0;

  constructor(chain: StraightChain) {
    this.#chain = chain;
  }

  /** Collects the records of one text. Returns false where no more are wanted. */
  run(decoder: Decoder, steps: DecoderSteps, loop: RecordLoop): boolean {
    const { blocks, report } = this.#chain;
    const { reader } = steps;
    this.#decoder = decoder;
    this.#slots = report.host.slots;
    this.#row = report.host.row;
    while (!reader.isThrough) {
      if (this.#begin() === LOOP_ENDED) return false;
      const ended = loop(this);
      if (ended === LOOP_ENDED) return false;
      if (ended === LOOP_THROUGH) {
        // One more was begun than there are in this text.
        blocks.record--;
        return true;
      }
      let record: unknown;
      let isFound = false;
      try {
        if (!reader.readPlain()) reader.readOther();
        isFound = true;
        record = steps.make();
      } catch (thrown) {
        dropMalformed(this.#chain, isFound ? undefined : steps, thrown);
        continue;
      }
      if (record === NO_RECORD) blocks.record--;
      else this.#collect(record);
    }
    return true;
  }

  take(record: unknown): typeof LOOP_ON | typeof LOOP_ENDED {
    this.#collect(record);
    return this.#begin();
  }

  #collect(record: unknown): void {
    const { blocks, collector } = this.#chain;
    blocks.records++;
    try {
      collector.add(record, blocks.record);
    } catch (thrown) {
      this.#chain.failCollecting(thrown);
    }
  }

  #begin(): typeof LOOP_ON | typeof LOOP_ENDED {
    const { blocks } = this.#chain;
    const { pacer } = blocks;
    const next = blocks.record + 1;
    if (isSeenWithdrawn(this.#slots, this.#row)) return LOOP_ENDED;
    if (next >= pacer.nextLook && pacer.isOver(next) && blocks.cut(this.#decoder)) return LOOP_ENDED;
    blocks.record = next;
    startStraight(this.#slots, this.#row, next);
    return LOOP_ON;
  }
}
