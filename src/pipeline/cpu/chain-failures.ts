import type { TelarError } from '../../errors/telar-error.ts';
import type { FileError } from '../../errors/file-error.ts';
import type { NamedItem } from '../../errors/item-errors.ts';
import { RecordError } from '../../errors/record-error.ts';
import { type FailedAt, Failures, isOfLoading } from '../../flow/failure/failures.ts';
import type { MakeError } from '../../flow/failure/recovery.ts';
import type { Segment } from '../../flow/outcome/segment.ts';
import { decodeThrown, describeThrown } from '../../wire/values/error.ts';
import { DECODING, ENCODING, type StageFailure } from '../../wire/message/payload.ts';
import type { Place } from '../../wire/slots/slot.ts';
import type { DeadLetter, ErrorPolicy } from '../stage/dead-letters.ts';
import { BlockFeed } from './blocks/block-feed.ts';
import type { FedBlock } from './blocks/fed-block.ts';
import type { CpuPlan, CpuStage } from './cpu-plan.ts';

/**
 * Death of workers on one record: how often the record was tried, what makes its error, and the stage that it was in.
 */
interface Loss {
  tries: number;
  makeError: MakeError;
  stage: number;
}

/** DeadLetters and failure that the failures of one portion come to. */
export interface ReadFailures {
  readonly letters: { readonly policy: NonNullable<ErrorPolicy>; readonly letter: DeadLetter }[];
  /** Failure that ends the run behind this portion. */
  readonly failure: { readonly reason: unknown } | undefined;
}

/** Makes errors and dead letters of what failed on the workers, and says where that stands in the input. */
export class ChainFailures {
  readonly #plan: CpuPlan;
  readonly #failures: Failures;
  readonly #losses = new WeakMap<object, Map<number, Loss>>();
  /** Lines that stand before the segment; `#records` counts the records. Segments are read in input order. */
  #lines = 0;
  #records: number;

  constructor(plan: CpuPlan) {
    this.#plan = plan;
    const { start } = plan.tracking ?? {};
    this.#records = start?.index ?? 0;
    if (start !== undefined && 'kind' in start.before && start.before.kind === 'bytes') {
      this.#lines = start.before.lines;
    }
    this.#failures = new Failures({
      callSite: plan.callSite,
      limitOf: (stage) => this.#stageOf(stage)?.timeout,
    });
  }

  /** Number of lines of the file in the segments that were read; `records` counts the records of all files. */
  get lines(): number {
    return this.#lines;
  }

  get records(): number {
    return this.#records;
  }

  /**
   * Decides whether an item runs again whose worker died on it. A block does in any case, without the record at fault.
   */
  mayRunAgain(item: unknown, makeError: MakeError, place: Place | undefined, attempt: number): boolean {
    const at = place?.stage ?? 0;
    const stage = this.#plan.stages[at];
    const retries = stage?.retries ?? 0;
    if (place === undefined || place.record < 0) {
      const isTried = attempt <= retries;
      if (isTried && stage !== undefined) stage.count.retried++;
      return isTried;
    }
    const block = item as FedBlock;
    const losses = this.#losses.get(block) ?? new Map<number, Loss>();
    this.#losses.set(block, losses);
    const loss = { tries: (losses.get(place.record)?.tries ?? 0) + 1, makeError, stage: at };
    losses.set(place.record, loss);
    if (loss.tries <= retries) {
      if (stage !== undefined) stage.count.retried++;
      return true;
    }
    block.without.push(place.record);
    if (stage?.policy === undefined) block.endsAt = Math.min(block.endsAt ?? Infinity, place.record);
    return true;
  }

  /** Names an item for the errors of the engine: blocks of records are no items that anybody knows by their number. */
  readonly nameItem = ({ index, attempts, place }: FailedAt): NamedItem => {
    const named = { index, attempts, stage: this.#stageOf(place?.stage ?? 0)?.count.name };
    return this.#plan.decoding === undefined ? named : { ...named, item: undefined };
  };

  /** Hands on what is known of the records of a block with those that were given back. */
  follow(block: FedBlock, rest: FedBlock, records: number): void {
    const losses = this.#losses.get(block);
    if (losses === undefined) return;
    const left = [...losses].filter(([record]) => record >= records);
    this.#losses.set(rest, new Map(left.map(([record, loss]) => [record - records, loss])));
  }

  /** Reads what failed in a segment. */
  read({ index, payload, outcomes, items }: Segment): ReadFailures {
    const letters: ReadFailures['letters'] = [];
    const block = this.#plan.decoding === undefined ? undefined : (items?.[0] as FedBlock | undefined);
    if (block?.isFirst === true) this.#lines = 0;
    this.#lines += block?.headerLines ?? 0;
    let fatal: { readonly reason: unknown } | undefined;
    const settle = (stage: CpuStage | undefined, isKept: boolean, letter: DeadLetter): void => {
      if (stage !== undefined) stage.count.failed++;
      if (stage?.policy !== undefined) letters.push({ policy: stage.policy, letter });
      else if (isKept) this.#plan.onUnheard(letter.error);
      else fatal ??= { reason: letter.error };
    };
    const settleFailure = (failure: StageFailure): void => {
      const loss = failure.reason === 'lost' ? this.#findLoss(block, failure) : undefined;
      const stage = this.#stageOf(loss?.stage ?? failure.stage);
      const item = failure.record?.text ?? items?.[failure.at];
      const error = this.#makeError(failure, index, block, item);
      // A record that cannot be read is an outcome, never the end of the run.
      settle(stage, failure.stage === DECODING, { stage: stage?.count.name ?? '', item, error });
    };
    for (const failure of payload?.dropped ?? []) settleFailure(failure);
    for (const outcome of outcomes?.values() ?? []) {
      if (outcome.kind === 'stage-failed') settleFailure(outcome.failure);
      if (outcome.kind !== 'failed') continue;
      if (isOfLoading(outcome.error)) {
        // A failure to load is not for `onError`: nothing that runs through here can ever be done.
        fatal ??= { reason: outcome.error };
        continue;
      }
      const stage = this.#stageOf(outcome.place?.stage ?? 0);
      const name = stage?.count.name;
      settle(stage, false, { stage: name ?? '', item: outcome.item, error: outcome.error });
    }
    const fault = block === undefined ? undefined : this.#faultOf(block);
    if (fault !== undefined) {
      const { decoding } = this.#plan;
      settle(decoding, false, { stage: decoding?.count.name ?? '', item: fault.file, error: fault });
    }
    this.#lines += payload?.lines ?? 0;
    this.#records += payload?.records ?? 0;
    return { letters, failure: fatal };
  }

  #faultOf(block: FedBlock): FileError | RecordError | undefined {
    const { source } = this.#plan;
    return source instanceof BlockFeed ? source.faultOf(block) : undefined;
  }

  #stageOf(stage: number): CpuStage | undefined {
    const { decoding, encoding, stages } = this.#plan;
    if (stage === DECODING) return decoding;
    if (stage === ENCODING) return encoding;
    return stages[stage] ?? encoding;
  }

  #findLoss(block: FedBlock | undefined, { record }: StageFailure): Loss | undefined {
    return this.#losses.get(block ?? {})?.get(record?.index ?? -1);
  }

  #makeError(failure: StageFailure, index: number, block: FedBlock | undefined, item: unknown): TelarError {
    const { record, at, reason, stage, attempts } = failure;
    const line = record === undefined ? undefined : this.#lines + record.line + 1;
    const context: NamedItem = {
      index: record === undefined ? index + at : this.#records + record.index,
      attempts,
      stage: this.#stageOf(stage)?.count.name,
      file: line === undefined ? undefined : block?.file,
      line,
    };
    const failed = { ...context, item, named: context };
    const thrown = decodeThrown(failure.thrown);
    switch (reason) {
      case 'malformed':
        return new RecordError(thrown instanceof Error ? thrown.message : describeThrown(thrown), {
          file: block?.file,
          line: line ?? 1,
          column: record?.column ?? 1,
          text: record?.text ?? '',
        });
      case 'timeout':
        return this.#failures.ofTimeout({ ...failed, place: { stage, record: -1, beat: 0 } });
      case 'uncloneable':
        return this.#failures.ofClone(failed, 'result', {
          path: failure.path ?? 'result',
          reason: thrown instanceof Error ? thrown.message : String(thrown),
        });
      case 'lost': {
        const loss = this.#findLoss(block, failure);
        if (loss === undefined) break;
        const name = this.#stageOf(loss.stage)?.count.name;
        const named = { ...context, attempts: loss.tries, stage: name };
        return loss.makeError({ ...failed, named });
      }
      case 'thrown':
        break;
    }
    return this.#failures.ofTask(failed, thrown);
  }
}
