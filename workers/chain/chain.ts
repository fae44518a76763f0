import type { Transferable } from 'node:worker_threads';
import type { Block } from '../../src/bytes/block.ts';
import { type Decoder, END } from '../../src/bytes/decode/lines/decoder.ts';
import { DECODING, ENCODING, type Payload, type RecordPlace } from '../../src/wire/message/payload.ts';
import { isWithdrawn, startRecord } from '../../src/wire/slots/slot.ts';
import { encodeThrown } from '../../src/wire/values/error.ts';
import { BlockWalk, type SentBlock } from './blocks/block-walk.ts';
import { ChainGuard } from '../userland/chain-guard.ts';
import { ChainOutcomes, type CollectingChain } from './chain-outcomes.ts';
import type { Collector } from './collect/collector.ts';
import type { ChunkHost, Loaded, Outcomes, WorkerTask } from '../item/outcomes.ts';
import { ChainReport } from './stages/report.ts';
import { StraightRun } from './straight/straight-run.ts';
import { StageStop } from './stages/stage-stop.ts';
import { StageWalk } from './stages/stage-walk.ts';
import { guardStage, type Stage } from './stages/stage.ts';

/**
 * The stages of a pipeline as one task: each item goes through all of them, depth first, before the next begins.
 * What comes out is collected for the chunk as a whole, so the items themselves have no values.
 */
export class Chain implements Loaded, CollectingChain {
  readonly task: WorkerTask = (item, index) => this.#run(item, index);
  store: unknown = undefined;
  readonly #guard: ChainGuard;
  readonly #stages: readonly Stage[];
  /** Walk over the records, where items are blocks of them. */
  readonly #blocks: BlockWalk | undefined;
  readonly #walk: StageWalk;
  /** The way of records through no stage, or one without a time limit. */
  readonly #straight: StraightRun | undefined;
  readonly #report: ChainReport;
  readonly #collector: Collector;
  readonly #isDroppingResults: boolean;
  /** Whether to look behind items at what the functions of the user's have replaced. */
  #isLooking = true;

  constructor(
    stages: readonly Stage[],
    decode: ((block: Block) => Decoder) | undefined,
    collector: Collector,
    isDroppingResults: boolean,
  ) {
    this.#stages = stages;
    this.#blocks = decode === undefined ? undefined : new BlockWalk(decode, stages.length > 0);
    this.#report = new ChainReport((thrown, isMalformed) => this.#blocks?.findPlace(thrown, isMalformed));
    this.#guard = new ChainGuard({
      turnOn: (guard) => {
        for (const stage of stages) guardStage(stage, guard);
        collector.guard?.(guard);
      },
      endLooks: () => {
        this.#isLooking = false;
        // The call before may have replaced the iterator of arrays.
        for (let at = 0; at < stages.length; at++) {
          const stage = stages[at] as Stage;
          stage.isWatched = stage.isTimed;
        }
      },
    });
    this.#walk = new StageWalk(stages, this.#report, this.#guard, (value) => this.#collect(value));
    this.#collector = collector;
    const [stage] = stages;
    const blocks = this.#blocks;
    if (blocks !== undefined && stages.length <= 1 && stage?.isTimed !== true) {
      this.#straight = new StraightRun({
        blocks,
        stage,
        walk: this.#walk,
        report: this.#report,
        collector,
        failCollecting: (thrown) => this.#failCollecting(thrown),
      });
    }
    this.#isDroppingResults = isDroppingResults;
  }

  /** Stages are waited for one by one. */
  get isWaiting(): boolean {
    return true;
  }

  get isGuarded(): boolean {
    return this.#guard.isOn;
  }

  /** Bytes that the chunk's answer takes so far, about. */
  get bytes(): number {
    return this.#collector.bytes;
  }

  /** Whether a stage said that no later item counts. */
  get isStopped(): boolean {
    return this.#report.isStopped;
  }

  open(chunk: ChunkHost): Outcomes {
    this.#guard.begin();
    this.#report.begin(chunk, this.#stages);
    this.#collector.reset(chunk.message);
    this.#blocks?.begin();
    return new ChainOutcomes(chunk.message, this);
  }

  /** Runs one item through all stages. Throws `StageStop`. */
  #run(item: unknown, index: number): Promise<void> | undefined {
    const savepoint = this.#collector.savepoint();
    try {
      const pending =
        this.#blocks === undefined
          ? this.#walk.run(item, index)
          : this.#runBlock(this.#blocks, item as SentBlock);
      if (this.#isLooking) this.#guard.look();
      return pending === undefined ? undefined : this.#settle(pending, savepoint);
    } catch (thrown) {
      return this.#rollBack(savepoint, thrown);
    }
  }

  async #settle(pending: Promise<void>, savepoint: number): Promise<void> {
    try {
      await pending;
    } catch (thrown) {
      this.#rollBack(savepoint, thrown);
    }
  }

  /** Returns the results of a chunk that is done. */
  finish(transfers: Set<Transferable>): Payload {
    const { dropped, entered, retried, skipped } = this.#report;
    const { records, lines, decoded, isCut, delay } = this.#blocks ?? NO_BLOCKS;
    const collected = this.#collector.finish(transfers);
    return { collected, dropped, entered, retried, skipped, records, lines, decoded, isCut, delay };
  }

  /** Leaves out results that cannot cross; each is a failure of its item, in the last stage. */
  removeUncloneable(thrown: unknown): void {
    const last = this.#stages.at(-1);
    const { host, dropped } = this.#report;
    const found = this.#collector.removeUncloneable(last?.isDropping ?? this.#isDroppingResults, thrown);
    const places = this.#blocks?.findPlaces(found.map(({ at }) => at));
    for (const { at, path, reason } of found) {
      const isOfState = path.startsWith('state');
      const record: RecordPlace | undefined = isOfState ? undefined : places?.get(at);
      dropped.push({
        at: record === undefined ? at : host.at,
        // A folded state is of no stage of the chain, nor is a result of no stages: other kinds of stages are below 0.
        stage: isOfState || last === undefined ? ENCODING : this.#stages.length - 1,
        attempts: host.attempt,
        reason: 'uncloneable',
        thrown: encodeThrown(reason),
        path,
        record,
      });
    }
  }

  /** Drops what an item gave before it failed, but keeps what the records before, in a block, gave. */
  #rollBack(savepoint: number, thrown: unknown): never {
    if (this.#blocks === undefined) this.#collector.rollBack(savepoint);
    throw thrown;
  }

  #runBlock(blocks: BlockWalk, block: SentBlock): Promise<void> | undefined {
    blocks.open(block);
    const pending = this.#runRecords(blocks);
    return pending === END ? undefined : this.#runRest(blocks, pending);
  }

  async #runRest(blocks: BlockWalk, first: Promise<void>): Promise<void> {
    let pending: Promise<void> | typeof END = first;
    while (pending !== END) {
      await pending;
      blocks.pacer.nextLook = 0;
      pending = this.#runRecords(blocks);
    }
  }

  /**
   * Runs records until one has to be waited for, or none is left: then it returns `END`. All that is done for each record
   * stands here, since V8 makes one piece of code of a loop and of few functions in it.
   */
  #runRecords(blocks: BlockWalk): Promise<void> | typeof END {
    const report = this.#report;
    const { slots, row } = report.host;
    const walk = this.#walk;
    const decoder = blocks.decoder as Decoder;
    const { offset, pacer } = blocks;
    const isStaged = this.#stages.length > 0;
    const straight = blocks.without === undefined ? this.#straight : undefined;
    const { steps } = decoder;
    for (;;) {
      if (straight !== undefined && steps !== undefined && !this.#isLooking) {
        const ran = straight.run(decoder, steps);
        if (ran !== undefined) return ran;
      }
      if (report.isStopped || isWithdrawn(slots, row)) return blocks.end();
      const next = blocks.record + 1;
      if (next >= pacer.nextLook && pacer.isOver(next) && blocks.cut(decoder)) return blocks.end();
      blocks.record = next;
      startRecord(slots, row, next);
      let record: unknown;
      try {
        record = decoder.next();
      } catch (thrown) {
        // A malformed record is an outcome, never the end of the run.
        blocks.records++;
        report.drop(report.describe(DECODING, 1, 'malformed', thrown));
        continue;
      }
      if (record === END) return blocks.end();
      blocks.records++;
      if (blocks.without?.includes(blocks.record) === true) {
        report.drop(report.describe(0, 0, 'lost', undefined));
        // The records behind one that ends the run are not wanted.
        if (blocks.isLast) return blocks.end();
        continue;
      }
      if (isStaged) {
        const pending = walk.run(record, offset + decoder.start);
        if (pending !== undefined) return pending;
      } else this.#collect(record);
      if (this.#isLooking) this.#guard.look();
    }
  }

  #collect(value: unknown): void {
    try {
      this.#collector.add(value, this.#blocks === undefined ? this.#report.host.at : this.#blocks.record);
    } catch (thrown) {
      this.#failCollecting(thrown);
    }
  }

  #failCollecting(thrown: unknown): void {
    const failure = this.#report.describe(ENCODING, 1, 'thrown', thrown);
    if (!this.#isDroppingResults) throw new StageStop(failure);
    this.#report.drop(failure);
  }
}

const NO_BLOCKS = { records: 0, lines: 0, decoded: 0, isCut: false, delay: 0 };
