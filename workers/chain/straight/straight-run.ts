import {
  type Decoder,
  type DecoderSteps,
  END,
  NO_RECORD,
  type StepReader,
} from '../../../src/bytes/decode/lines/decoder.ts';
import { skip, stop } from '../../../src/wire/message/outcome.ts';
import { isSeenWithdrawn, startStraight } from '../../../src/wire/slots/slot.ts';
import { Expansion } from '../../item/expand.ts';
import { HELD, takeHeld } from '../stages/stage.ts';
import { CollectingRun } from './collecting-run.ts';
import { dropMalformed, type StraightChain } from './straight-chain.ts';

/** Given where records are left, of this text or of the next one, which is to be made. */
const RUN_ON: unique symbol = Symbol('run on');

/**
 * The most records of a turn. Longer ones make V8 compile the loop twice: for calls to come, and for the one that it is
 * in, which takes half as long again.
 */
const LONGEST_TURN = 128;

/**
 * Runs the records of a block through at most one stage, as the chain itself would, in one loop. What the chain does
 * for all kinds of stages takes V8 many functions, each of which it compiles by itself, and again within others: a second
 * of work on small records took 100 ms longer for that, and as much for the calls.
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
      let ran: Promise<void> | typeof END | typeof RUN_ON = RUN_ON;
      while (ran === RUN_ON && !reader.isThrough) ran = this.#runTurn(decoder, steps, reader);
      if (ran !== RUN_ON) return ran;
    }
    return undefined;
  }

  /** Runs some records of one text. It is called often, so that V8 knows its ends when it compiles it. */
  #runTurn(
    decoder: Decoder,
    steps: DecoderSteps,
    reader: StepReader,
  ): Promise<void> | typeof END | typeof RUN_ON {
    const { blocks, report, stage, walk } = this.#chain;
    const { entered, host } = report;
    const { attempt, row, slots } = host;
    const call = stage?.call;
    let context = host.openContext(attempt);
    for (let left = LONGEST_TURN; left > 0 && !reader.isThrough; left--) {
      if (report.isStopped || isSeenWithdrawn(slots, row)) return blocks.end();
      const next = blocks.record + 1;
      if (next >= blocks.pacer.nextLook && blocks.pacer.isOver(next) && blocks.cut(decoder))
        return blocks.end();
      blocks.record = next;
      startStraight(slots, row, next);
      let isFound = false;
      let value: unknown;
      try {
        if (!reader.readPlain()) reader.readOther();
        isFound = true;
        value = steps.make();
      } catch (thrown) {
        dropMalformed(this.#chain, isFound ? undefined : steps, thrown);
        continue;
      }
      if (value === NO_RECORD) {
        blocks.record = next - 1;
        continue;
      }
      blocks.records++;
      if (call !== undefined) {
        (entered[0] as number)++;
        if (context.isTouched) context = host.openContext(attempt);
        const record = value;
        const index = blocks.offset + decoder.start;
        try {
          value = call(record, index, context);
        } catch (thrown) {
          return walk.failOnly(record, index, thrown) ?? RUN_ON;
        }
        if (value === HELD) {
          const pending = this.#takeHeld(record, index);
          if (pending !== undefined) return pending;
          continue;
        }
      }
      if (value === skip) report.skipped++;
      else if (value === stop) report.isStopped = true;
      else this.#collect(value);
    }
    return RUN_ON;
  }

  /** Takes what the stage holds for a record: collects it, or waits for it. */
  #takeHeld(record: unknown, index: number): Promise<void> | undefined {
    const held = takeHeld();
    if (!Expansion.is(held)) return this.#chain.walk.waitForOnly(record, index, held);
    const { results, stopped } = held;
    for (let i = 0; i < results.length; i++) this.#collect(results[i]);
    this.#chain.report.isStopped ||= stopped;
    return undefined;
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
