import { skip, stop } from '../../../src/wire/message/outcome.ts';
import { isAborted, startStage } from '../../../src/wire/slots/slot.ts';
import { Expansion } from '../../item/expand.ts';
import { waitInside } from '../../userland/userland.ts';
import type { ChainGuard } from '../../userland/chain-guard.ts';
import { recover, type Recovery } from './recover.ts';
import type { ChainReport } from './report.ts';
import { StageStop } from './stage-stop.ts';
import { HELD, hold, type Stage, takeHeld } from './stage.ts';

/** Thrown in the place of a result that came after the stage's time was over. */
export const LATE: Error = new Error('The time of the stage was over.');

/** Takes items through all stages, depth first: all that comes of one item is collected before the next begins. */
export class StageWalk {
  readonly #stages: readonly Stage[];
  readonly #report: ChainReport;
  readonly #guard: ChainGuard;
  readonly #collect: (value: unknown) => void;
  #index = 0;

  /** @param collect - Takes what leaves the last stage. Throws `StageStop`. */
  constructor(
    stages: readonly Stage[],
    report: ChainReport,
    guard: ChainGuard,
    collect: (value: unknown) => void,
  ) {
    this.#stages = stages;
    this.#report = report;
    this.#guard = guard;
    this.#collect = collect;
  }

  /** Takes one item through all stages. Throws `StageStop`. */
  run(item: unknown, index: number): Promise<void> | undefined {
    this.#index = index;
    return this.#advance(item, 0);
  }

  /** Goes on with an item on which the only stage has failed. Throws `StageStop`. */
  failOnly(item: unknown, index: number, thrown: unknown): Promise<void> | undefined {
    this.#index = index;
    return this.#fail(0, item, thrown);
  }

  /** Waits for what the only stage gave for an item. */
  waitForOnly(item: unknown, index: number, pending: Promise<unknown>): Promise<void> {
    this.#index = index;
    return this.#advanceLater(0, item, pending);
  }

  /** Takes an item through the stages from `from` on. */
  #advance(item: unknown, from: number): Promise<void> | undefined {
    const { host, entered } = this.#report;
    const { slots, row, attempt } = host;
    let value = item;
    for (let at = from; at < this.#stages.length; at++) {
      const stage = this.#stages[at] as Stage;
      let result: unknown;
      startStage(slots, row, at);
      (entered[at] as number)++;
      try {
        result = stage.call(value, this.#index, host.openContext(attempt));
        if (stage.isWatched) result = this.#watch(stage, result);
      } catch (thrown) {
        this.#guard.look();
        return this.#fail(at, value, thrown);
      }
      if (typeof result === 'symbol') {
        if (result === skip) {
          this.#report.skipped++;
          return undefined;
        }
        if (result === stop) {
          this.#report.isStopped = true;
          return undefined;
        }
        if (result === HELD) {
          const held = takeHeld();
          if (Expansion.is(held)) return this.#advanceAll(held, at + 1);
          return this.#advanceLater(at, value, held);
        }
      }
      value = result;
    }
    this.#collect(value);
    return undefined;
  }

  #fail(at: number, value: unknown, thrown: unknown): Promise<void> | undefined {
    const stage = this.#stages[at] as Stage;
    if (stage.retry !== undefined) return this.#recover({ at, value, thrown });
    this.#giveUp(at, this.#report.host.attempt, thrown);
    return undefined;
  }

  /** Calls a stage once more with what entered it before. */
  #callAgain(stage: Stage, at: number, value: unknown, attempt: number): unknown {
    const { host } = this.#report;
    startStage(host.slots, host.row, at);
    const result = stage.call(value, this.#index, host.openContext(attempt));
    return stage.isTimed ? this.#checkTime(result) : result;
  }

  /** Looks at what a call has replaced, and at the time that it took. */
  #watch(stage: Stage, result: unknown): unknown {
    this.#guard.look();
    return stage.isTimed ? this.#checkTime(result) : result;
  }

  /** Returns the result of a stage with a time limit; throws where the time is over. */
  #checkTime(result: unknown): unknown {
    const { slots, row } = this.#report.host;
    const held = result === HELD ? takeHeld() : undefined;
    if (held !== undefined && !Expansion.is(held)) {
      return hold(failLate(held, () => isAborted(slots, row)));
    }
    if (isAborted(slots, row)) throw LATE;
    return held === undefined ? result : hold(held);
  }

  /** Waits for what a stage gave, which goes on where it began: in userland. */
  #wait(pending: Promise<unknown>): Promise<unknown> {
    const { host } = this.#report;
    return this.#guard.isOn ? waitInside(() => host.interruptible(pending)) : host.interruptible(pending);
  }

  async #advanceLater(at: number, value: unknown, pending: Promise<unknown>): Promise<void> {
    let result: unknown;
    try {
      result = await this.#wait(pending);
    } catch (thrown) {
      const stage = this.#stages[at] as Stage;
      if (stage.retry !== undefined) return await this.#recover({ at, value, thrown });
      this.#giveUp(at, this.#report.host.attempt, thrown);
      return;
    }
    await this.#goOn(result, at + 1);
  }

  /** Goes on after a stage that was waited for. */
  #goOn(result: unknown, from: number): Promise<void> | undefined {
    if (typeof result === 'object' && result !== null && Expansion.is(result))
      return this.#advanceAll(result, from);
    if (result === stop) this.#report.isStopped = true;
    if (result === skip) this.#report.skipped++;
    if (result === skip || result === stop) return undefined;
    return this.#advance(result, from);
  }

  #advanceAll({ results, stopped }: Expansion, from: number): Promise<void> | undefined {
    if (from === this.#stages.length) {
      // The results of the last stage are collected at once: a call of `advance` for each takes as long as a short stage.
      for (let i = 0; i < results.length; i++) this.#collect(results[i]);
      this.#report.isStopped ||= stopped;
      return undefined;
    }
    for (let i = 0; i < results.length; i++) {
      const pending = this.#advance(results[i], from);
      if (pending !== undefined) return this.#advanceRest(pending, results, i + 1, from, stopped);
      if (this.#report.isStopped) return undefined;
    }
    this.#report.isStopped ||= stopped;
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
    for (let i = next; i < results.length && !this.#report.isStopped; i++)
      await this.#advance(results[i], from);
    this.#report.isStopped ||= stopped;
  }

  async #recover({ at, value, thrown }: Pick<Recovery, 'value' | 'thrown'> & { at: number }): Promise<void> {
    const stage = this.#stages[at] as Stage;
    const recovered = await recover({
      value,
      thrown,
      retry: stage.retry as NonNullable<Stage['retry']>,
      attempt: this.#report.host.attempt,
      call: async (attempt) => {
        this.#report.retried[at] = (this.#report.retried[at] as number) + 1;
        const result = this.#callAgain(stage, at, value, attempt);
        return result === HELD ? await this.#wait(settle(takeHeld())) : result;
      },
    });
    if (recovered.isRecovered) await this.#goOn(recovered.result, at + 1);
    else this.#giveUp(at, recovered.attempts, recovered.thrown);
  }

  #giveUp(at: number, attempts: number, thrown: unknown): void {
    const failure = this.#report.describe(at, attempts, thrown === LATE ? 'timeout' : 'thrown', thrown);
    if ((this.#stages[at] as Stage).isDropping) this.#report.drop(failure);
    else throw new StageStop(failure);
  }
}

async function failLate(pending: Promise<unknown>, isLate: () => boolean): Promise<unknown> {
  const settled = await pending;
  if (isLate()) throw LATE;
  return settled;
}

async function settle(value: unknown): Promise<unknown> {
  return await value;
}
