import type { Checkpoints } from '../../bytes/sink.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Position } from '../position/position.ts';
import type { RootSource } from '../root/root-source.ts';
import type { DeadLetters } from '../stage/dead-letters.ts';
import type { KeptPoint, SavedRecord } from '../position/saved.ts';
import type { Tracker } from '../position/tracker.ts';

/** Least milliseconds between two checkpoints. */
const SHORTEST = 50;
/** Milliseconds between two checkpoints in long runs, so that the journal stays small. */
const LONGEST = 1000;
/**
 * Share of the time so far that is let pass before the next checkpoint; `OF_LAST` is the multiple of the time that the
 * last checkpoint took. The longer of both counts.
 */
const OF_RUN = 0.01;
const OF_LAST = 10;

/** Parts of a run that take part in a checkpoint. */
export interface CheckpointParts {
  readonly journal: Journal;
  readonly tracker: Tracker;
  /** Dead letters of the run, for each sink once. */
  readonly letters: readonly DeadLetters[];
  /** Writer of the sink; `undefined` where the run is for its effects. */
  readonly writer: (Checkpoints & { abort(): Promise<void> }) | undefined;
  /** Source of the run, where it gives items. */
  readonly root: RootSource | undefined;
}

/** Notes from time to time where a run stands, once its sinks have made durable what came before. */
export class Checkpointer {
  readonly #parts: CheckpointParts;
  #position: Position | undefined;
  /** Whether `#position` is newer than the last checkpoint. */
  #isNewer = false;
  /** Beginning of a checkpoint for which nobody waits, until the sink is given more. Never rejects. */
  #beginning: Promise<void> | undefined;
  #pending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether the sink holds, or may hold, more than stands before `#position`. */
  #isTaking = false;
  #failure: { readonly reason: unknown } | undefined;
  /** Whether the run has ended in order, and is not done. */
  isPaused = false;
  readonly #start: number = performance.now();
  #dueAt = 0;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** Resolves when the sink may be given more: a checkpoint that has begun meanwhile vouches for what was there. */
  async taking(): Promise<void> {
    this.#isTaking = true;
    await this.#beginning;
  }

  /**
   * Notes that the sink has taken all that stands before a position. Resolves when it may be given more; rejects when
   * what came before could not be made durable.
   */
  async taken(position: Position | undefined): Promise<void> {
    this.#throwFailure();
    this.#isTaking = false;
    // Without a position nobody can say where the run stands: then the last checkpoint is where it would go on.
    this.#isNewer = position !== undefined;
    this.#position = position ?? this.#position;
    if (this.#isNewer && this.#pending === undefined && performance.now() >= this.#dueAt)
      await this.#begin('point');
    else this.#schedule();
  }

  /** Notes that all was taken, durably, before the sinks are ended. */
  async finish(): Promise<void> {
    await this.#rest();
    this.#throwFailure();
    await this.#begin('ended');
    await this.#pending;
    this.#throwFailure();
    await this.#parts.journal.flush();
  }

  /**
   * Pauses a run that was told to end, and that goes on another time: keeps what it has done, and lets the sink be
   * seen.
   */
  async pause(): Promise<void> {
    await this.#rest();
    this.#throwFailure();
    if (this.#isNewer) await this.#begin('point');
    await this.#pending;
    this.#throwFailure();
    const { journal, writer } = this.#parts;
    await journal.flush();
    this.isPaused = true;
    if (writer?.pause !== undefined) await writer.pause();
    else await writer?.abort();
  }

  /** Keeps what a run that ends early has done, as far as that can be kept. Never rejects. */
  async settle(): Promise<void> {
    await this.#rest();
    if (this.#failure !== undefined || !this.#isNewer) return;
    await this.#begin('point').catch(() => {});
    await this.#pending;
  }

  /** Lets the checkpoint that is due begin by itself: after slow items nothing may come for long that would begin it. */
  #schedule(): void {
    if (!this.#isNewer || this.#isTaking || this.#timer !== undefined || this.#pending !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        if (!this.#isNewer || this.#isTaking || this.#pending !== undefined) return;
        this.#beginning = this.#begin('point').catch((reason: unknown) => this.fail(reason));
      },
      Math.max(0, this.#dueAt - performance.now()),
    );
    this.#timer.unref();
  }

  /** Lets no further checkpoint begin by itself. Resolves when none is in progress. */
  async #rest(): Promise<void> {
    this.#isTaking = true;
    clearTimeout(this.#timer);
    await this.#beginning;
    await this.#pending;
  }

  /** Begins a checkpoint. Resolves when what was written up to now will count: writes may then go on. */
  async #begin(type: SavedRecord['type']): Promise<void> {
    const { tracker, letters, writer, root } = this.#parts;
    const position = this.#position;
    if (position === undefined && type === 'point') return;
    this.#isNewer = false;
    const begun = performance.now();
    const where = tracker.describe(position);
    const counts: number[] = [];
    const states = await Promise.all(
      letters.map((each) =>
        each.checkpoint(() => {
          for (const [at, count] of tracker.countDeadLetters(each)) counts[at] = count;
        }),
      ),
    );
    const saved: KeptPoint = {
      type,
      point: { ...where, letters: counts },
      done: where.flows[0]?.index ?? 0,
      read: root?.position,
      isWhole: root?.isWhole === true,
      letters: states,
    };
    this.#pending = this.#save(saved, begun, writer?.checkpoint(saved));
  }

  /** Writes a checkpoint to the journal once the sink is durable. Never rejects. */
  async #save(saved: KeptPoint, begun: number, durable: Promise<unknown> | undefined): Promise<void> {
    try {
      const sink = await durable;
      this.#parts.journal.append({ ...saved, sink } as SavedRecord);
    } catch (reason) {
      this.#failure ??= { reason };
    }
    this.#pending = undefined;
    const now = performance.now();
    const pause = Math.max(SHORTEST, (now - begun) * OF_LAST, (now - this.#start) * OF_RUN);
    this.#dueAt = now + Math.min(LONGEST, pause);
    this.#schedule();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  /** Notes that the journal cannot be written any more. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
  }
}
