import type { Transferable } from 'node:worker_threads';
import type { Block } from '../../src/bytes/block.ts';
import { type Decoder, END, type MalformedError } from '../../src/bytes/decode/lines/decoder.ts';
import { encodeThrown } from '../../src/wire/values/error.ts';
import { skip, stop } from '../../src/wire/message/outcome.ts';
import {
  DECODING,
  ENCODING,
  type Payload,
  type RecordPlace,
  type StageFailure,
} from '../../src/wire/message/payload.ts';
import {
  isAborted,
  isWithdrawn,
  type Line,
  type Slots,
  startRecord,
  startStage,
} from '../../src/wire/slots/slot.ts';
import { Expansion } from '../item/expand.ts';
import { Pacer } from '../item/pacer.ts';
import type { TaskContext } from '../item/task-context.ts';
import type { Collector, Removed } from './collector.ts';
import { findPlaces } from './find-places.ts';
import { recover, type Recovery } from './recover.ts';
import { StageStop } from './stage-stop.ts';
import type { Stage } from './stage.ts';

/** What the chunk that runs tells the chain. */
export interface ChainHost {
  readonly slots: Slots;
  readonly line: Line;
  /** Which try of the chunk this is. */
  readonly attempt: number;
  /** The offset of the item that runs. */
  readonly at: number;
  /** A context that no earlier call has held on to. */
  openContext(attempt: number): TaskContext;
  /** Waits, unless the item is ended by an error that it raised on the side. */
  interruptible<T>(pending: PromiseLike<T>): Promise<T>;
}

/** A block with the records on which workers died: they are not run again, only found. */
type SentBlock = Block & { readonly without?: readonly number[]; readonly endsAt?: number };

/** A block that has taken so many ms is left to others, at ten times what it should take: on a busy machine most take longer. */
const LONGEST_BLOCK = 200;
/** Looks at the clock after so many records: those behind quick ones may take a thousand times as long. Costs 10 ns each. */
const LONGEST_LOOK = 8;

// Taken now: tasks may replace it.
const { min } = Math;

/** Thrown in the place of a result that came after the stage's time was over. */
export const LATE: Error = new Error('The time of the stage was over.');

/**
 * The stages of a pipeline as one task: each item goes through all of them, depth first, before the next begins.
 * What comes out is collected for the chunk as a whole, so the items themselves have no values.
 */
export class Chain {
  readonly #stages: readonly Stage[];
  readonly #decode: ((block: Block) => Decoder) | undefined;
  readonly #collector: Collector;
  readonly #isDroppingResults: boolean;
  #host!: ChainHost;
  #index = 0;
  #block: SentBlock | undefined;
  #decoder: Decoder | undefined;
  #record = -1;
  #records = 0;
  #lines = 0;
  #decoded = 0;
  #isCut = false;
  /** Says when a block takes too long, and after how many records to ask it. */
  #pacer = new Pacer();
  #nextLook = 0;
  #dropped: StageFailure[] = [];
  #entered: number[] = [];
  #retried: number[] = [];
  #skipped = 0;
  #isStopped = false;

  constructor(
    stages: readonly Stage[],
    decode: ((block: Block) => Decoder) | undefined,
    collector: Collector,
    isDroppingResults: boolean,
  ) {
    this.#stages = stages;
    this.#decode = decode;
    this.#collector = collector;
    this.#isDroppingResults = isDroppingResults;
  }

  /** About how many bytes the chunk's answer takes so far. */
  get bytes(): number {
    return this.#collector.bytes;
  }

  /** Whether a stage said that no later item counts. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** A chunk begins. */
  begin(host: ChainHost): void {
    this.#host = host;
    this.#collector.reset();
    this.#dropped = [];
    this.#entered = this.#stages.map(() => 0);
    this.#retried = this.#stages.map(() => 0);
    this.#records = 0;
    this.#lines = 0;
    this.#decoded = 0;
    this.#isCut = false;
    this.#skipped = 0;
    this.#isStopped = false;
  }

  /** Runs one item through all stages. Throws `StageStop`. */
  run(item: unknown, index: number): Promise<void> | undefined {
    const mark = this.#collector.mark();
    try {
      this.#index = index;
      const pending = this.#decode === undefined ? this.#advance(item, 0) : this.#runBlock(item as Block);
      return pending?.catch((thrown: unknown) => this.#rollBack(mark, thrown));
    } catch (thrown) {
      return this.#rollBack(mark, thrown);
    }
  }

  /** The chunk is done: what it gives. */
  finish(transfers: Set<Transferable>): Payload {
    return {
      collected: this.#collector.finish(transfers),
      dropped: this.#dropped,
      entered: this.#entered,
      retried: this.#retried,
      skipped: this.#skipped,
      records: this.#records,
      lines: this.#lines,
      decoded: this.#decoded,
      isCut: this.#isCut,
    };
  }

  /** Results that cannot cross are left out; each is a failure of its item, in the last stage. */
  removeUncloneable(thrown: unknown): void {
    const last = this.#stages.at(-1);
    const found = this.#collector.removeUncloneable(last?.isDropping ?? this.#isDroppingResults, thrown);
    const places = this.#findPlaces(found);
    found.forEach(({ at, path, reason }, i) => {
      const record = places?.[i];
      this.#dropped.push({
        at: record === undefined ? at : this.#host.at,
        // What was folded is of no stage of the chain, nor is what passed through none: below 0 stand stages of another kind.
        stage: path.startsWith('state') || last === undefined ? ENCODING : this.#stages.length - 1,
        attempts: this.#host.attempt,
        reason: 'uncloneable',
        thrown: encodeThrown(reason),
        path,
        record,
      });
    });
  }

  /** Where the records of results stand: nobody keeps that of those that are well until then, so the block is read again. */
  #findPlaces(found: readonly Removed[]): (RecordPlace | undefined)[] | undefined {
    if (this.#decode === undefined || this.#block === undefined) return undefined;
    const places = findPlaces(this.#decode(this.#block), new Set(found.map(({ at }) => at)));
    return found.map(({ at, path }) => (path.startsWith('state') ? undefined : places.get(at)));
  }

  /** What an item gave before it failed is not wanted, but the records before it in its block are. */
  #rollBack(mark: number, thrown: unknown): never {
    if (this.#decode === undefined) this.#collector.rollBack(mark);
    throw thrown;
  }

  #runBlock(block: SentBlock): Promise<void> | undefined {
    this.#block = block;
    this.#decoder = this.#decode?.(block);
    this.#record = -1;
    this.#pacer = new Pacer(LONGEST_BLOCK);
    this.#nextLook = 1;
    for (;;) {
      const pending = this.#runRecord(block);
      if (pending === END) return undefined;
      if (pending !== undefined) return this.#runRest(block, pending);
    }
  }

  async #runRest(block: SentBlock, first: Promise<void>): Promise<void> {
    let pending: Promise<void> | typeof END | undefined = first;
    while (pending !== END) {
      await pending;
      // It takes longer than a look at the clock.
      this.#nextLook = 0;
      pending = this.#runRecord(block);
    }
  }

  #runRecord(block: SentBlock): Promise<void> | typeof END | undefined {
    const { slots, line } = this.#host;
    const decoder = this.#decoder as Decoder;
    if (this.#isStopped || isWithdrawn(slots, line)) return this.#endBlock(decoder);
    if (this.#record + 1 >= this.#nextLook && this.#isOver(block, decoder)) return this.#endBlock(decoder);
    startRecord(slots, line, ++this.#record);
    let record: unknown;
    try {
      record = decoder.next();
    } catch (thrown) {
      this.#records++;
      // A malformed record is an outcome, never the end of the run.
      this.#dropped.push(this.#describeFailure(DECODING, 1, 'malformed', thrown));
      return undefined;
    }
    if (record === END) return this.#endBlock(decoder);
    this.#records++;
    if (block.without?.includes(this.#record) === true) {
      this.#dropped.push(this.#describeFailure(0, 0, 'lost', undefined));
      // What stands behind a record that ends the run is not wanted.
      return block.endsAt === this.#record ? this.#endBlock(decoder) : undefined;
    }
    this.#index = block.offset + decoder.start;
    return this.#advance(record, 0);
  }

  /** Whether others should have the rest of the block, behind at least one record. */
  #isOver(block: SentBlock, decoder: Decoder): boolean {
    const isOver = this.#record >= 0 && this.#pacer.isOver() && decoder.position < block.bytes.length;
    const most = this.#stages.length === 0 ? Infinity : LONGEST_LOOK;
    this.#nextLook = this.#record + 1 + min(this.#pacer.stride, most);
    this.#isCut ||= isOver;
    return isOver;
  }

  #endBlock(decoder: Decoder): typeof END {
    this.#lines += decoder.lines;
    this.#decoded += decoder.position;
    this.#decoder = undefined;
    return END;
  }

  /** Takes an item through the stages from `from` on. */
  #advance(item: unknown, from: number): Promise<void> | undefined {
    let value = item;
    for (let at = from; at < this.#stages.length; at++) {
      const stage = this.#stages[at] as Stage;
      let result: unknown;
      try {
        result = this.#call(stage, at, value, this.#host.attempt);
      } catch (thrown) {
        if (stage.retry !== undefined) return this.#recover({ at, value, thrown });
        this.#giveUp(at, this.#host.attempt, thrown);
        return undefined;
      }
      if (typeof result === 'object') {
        if (result instanceof Promise) return this.#advanceLater(at, value, result);
        if (result instanceof Expansion) return this.#advanceAll(result, at + 1);
      } else if (result === skip) {
        this.#skipped++;
        return undefined;
      } else if (result === stop) {
        this.#isStopped = true;
        return undefined;
      }
      value = result;
    }
    this.#collect(value);
    return undefined;
  }

  #call(stage: Stage, at: number, value: unknown, attempt: number): unknown {
    const { slots, line } = this.#host;
    startStage(slots, line, at);
    this.#entered[at] = (this.#entered[at] as number) + (attempt === this.#host.attempt ? 1 : 0);
    const result = stage.call(value, this.#index, this.#host.openContext(attempt));
    if (stage.isTimed) {
      if (result instanceof Promise) {
        return result.then((settled) => {
          if (isAborted(slots, line)) throw LATE;
          return settled;
        });
      }
      if (isAborted(slots, line)) throw LATE;
    }
    return result;
  }

  async #advanceLater(at: number, value: unknown, pending: Promise<unknown>): Promise<void> {
    let result: unknown;
    try {
      result = await this.#host.interruptible(pending);
    } catch (thrown) {
      const stage = this.#stages[at] as Stage;
      if (stage.retry !== undefined) return await this.#recover({ at, value, thrown });
      this.#giveUp(at, this.#host.attempt, thrown);
      return;
    }
    await this.#goOn(result, at + 1);
  }

  /** After a stage that was waited for. */
  #goOn(result: unknown, from: number): Promise<void> | undefined {
    if (result instanceof Expansion) return this.#advanceAll(result, from);
    if (result === stop) this.#isStopped = true;
    if (result === skip) this.#skipped++;
    if (result === skip || result === stop) return undefined;
    return this.#advance(result, from);
  }

  #advanceAll({ results, stopped }: Expansion, from: number): Promise<void> | undefined {
    for (let i = 0; i < results.length; i++) {
      const pending = this.#advance(results[i], from);
      if (pending !== undefined) return this.#advanceRest(pending, results, i + 1, from, stopped);
      if (this.#isStopped) return undefined;
    }
    this.#isStopped ||= stopped;
    return undefined;
  }

  async #advanceRest(
    first: Promise<void>,
    results: readonly unknown[],
    next: number,
    from: number,
    stopped: boolean,
  ): Promise<void> {
    await first;
    for (let i = next; i < results.length && !this.#isStopped; i++) await this.#advance(results[i], from);
    this.#isStopped ||= stopped;
  }

  async #recover({ at, value, thrown }: Pick<Recovery, 'value' | 'thrown'> & { at: number }): Promise<void> {
    const stage = this.#stages[at] as Stage;
    const recovered = await recover({
      value,
      thrown,
      retry: stage.retry as NonNullable<Stage['retry']>,
      attempt: this.#host.attempt,
      call: async (attempt) => {
        this.#retried[at] = (this.#retried[at] as number) + 1;
        return await this.#host.interruptible(Promise.resolve(this.#call(stage, at, value, attempt)));
      },
    });
    if (recovered.isRecovered) await this.#goOn(recovered.result, at + 1);
    else this.#giveUp(at, recovered.attempts, recovered.thrown);
  }

  #giveUp(at: number, attempts: number, thrown: unknown): void {
    const failure = this.#describeFailure(at, attempts, thrown === LATE ? 'timeout' : 'thrown', thrown);
    if ((this.#stages[at] as Stage).isDropping) this.#dropped.push(failure);
    else throw new StageStop(failure);
  }

  #collect(value: unknown): void {
    try {
      this.#collector.add(value, this.#decode === undefined ? this.#host.at : this.#record);
    } catch (thrown) {
      const failure = this.#describeFailure(ENCODING, 1, 'thrown', thrown);
      if (!this.#isDroppingResults) throw new StageStop(failure);
      this.#dropped.push(failure);
    }
  }

  #describeFailure(
    stage: number,
    attempts: number,
    reason: StageFailure['reason'],
    thrown: unknown,
  ): StageFailure {
    const decoder = this.#decoder;
    const malformed = reason === 'malformed' ? (thrown as MalformedError) : undefined;
    return {
      at: this.#host.at,
      stage,
      attempts,
      reason,
      thrown: encodeThrown(reason === 'timeout' ? undefined : thrown),
      path: undefined,
      record:
        decoder === undefined
          ? undefined
          : {
              index: this.#record,
              line: malformed?.line ?? decoder.line,
              column: malformed?.column,
              text: decoder.text(),
            },
    };
  }
}
