import { type Decoder, type DecoderSteps, END, NO_RECORD } from '../../../src/bytes/decode/lines/decoder.ts';
import { skip, stop } from '../../../src/wire/message/outcome.ts';
import { isSeenWithdrawn, startStraight } from '../../../src/wire/slots/slot.ts';
import { Expansion } from '../../item/expand.ts';
import { HELD, takeHeld } from '../stages/stage.ts';
import { CollectingRun } from './collecting-run.ts';
import { dropMalformed, type StraightChain } from './straight-chain.ts';

/** Given where the text of some lines is read, and that of the next is to be made. */
const NEXT_TEXT: unique symbol = Symbol('next text');

/**
 * Runs the records of a block through at most one stage, as the chain itself would, in one loop for each text of many
 * lines. What the chain does for all kinds of stages takes V8 many functions, each of which it compiles by itself, and
 * again within others: a second of work on small records took 100 ms longer for that, and as much for the calls.
 */
export class StraightRun {
  readonly #chain: StraightChain;
  /** The way of records through no stage, where their decoder has a loop of its own. */
  readonly #collecting: CollectingRun | undefined;

  constructor(chain: StraightChain) {
    this.#chain = chain;
    this.#collecting = chain.stage === undefined ? new CollectingRun(chain) : undefined;
  }

  /**
   * Runs records until one has to be waited for, or the block is at its end: then it returns `END`. Returns `undefined`
   * before a record that is not to be read in steps.
   */
  run(decoder: Decoder, steps: DecoderSteps): Promise<void> | typeof END | undefined {
    const { loop, reader } = steps;
    const collecting = this.#collecting;
    while (reader.openText()) {
      if (loop !== undefined && collecting !== undefined) {
        if (collecting.run(decoder, steps, loop)) continue;
        return this.#chain.blocks.end();
      }
      const ran = this.#runText(decoder, steps);
      if (ran !== NEXT_TEXT) return ran;
    }
    return undefined;
  }

  /** Runs the records that begin in one text. It is called often, so that V8 knows its ends when it compiles it. */
  #runText(decoder: Decoder, steps: DecoderSteps): Promise<void> | typeof END | typeof NEXT_TEXT {
    const { blocks, report, stage, walk } = this.#chain;
    const { reader } = steps;
    const { entered, host } = report;
    const { attempt, row, slots } = host;
    const call = stage?.call;
    let context = host.openContext(attempt);
    while (!reader.isThrough) {
      if (report.isStopped || isSeenWithdrawn(slots, row)) return blocks.end();
      if (blocks.record + 1 >= blocks.nextLook && blocks.isOver(decoder)) return blocks.end();
      startStraight(slots, row, ++blocks.record);
      let record: unknown;
      try {
        if (!reader.readPlain()) steps.readOther();
        record = steps.make();
      } catch (thrown) {
        dropMalformed(this.#chain, thrown);
        continue;
      }
      if (record === NO_RECORD) {
        blocks.record--;
        continue;
      }
      blocks.records++;
      let value = record;
      if (call !== undefined) {
        (entered[0] as number)++;
        if (context.isTouched) context = host.openContext(attempt);
        const index = blocks.offset + decoder.start;
        try {
          value = call(record, index, context);
        } catch (thrown) {
          const pending = walk.failOnly(record, index, thrown);
          if (pending !== undefined) return pending;
          continue;
        }
        if (value === HELD) {
          const held = takeHeld();
          if (!Expansion.is(held)) return walk.waitForOnly(record, index, held);
          this.#collectAll(held);
          continue;
        }
      }
      if (value === skip) report.skipped++;
      else if (value === stop) report.isStopped = true;
      else this.#collect(value);
    }
    return NEXT_TEXT;
  }

  #collectAll({ results, stopped }: Expansion): void {
    for (let i = 0; i < results.length; i++) this.#collect(results[i]);
    this.#chain.report.isStopped ||= stopped;
  }

  #collect(value: unknown): void {
    const { blocks, collector } = this.#chain;
    try {
      collector.add(value, blocks.record);
    } catch (thrown) {
      this.#chain.failCollecting(thrown);
    }
  }
}
