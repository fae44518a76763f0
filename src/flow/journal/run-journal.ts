import { JournalError } from '../../errors/journal-error.ts';
import { type Chunk, indexOf } from '../chunk/chunk.ts';
import type { Journal } from '../../journal/journal.ts';
import type { JournalRecord } from '../../journal/lines/line.ts';
import type { JournalSettings } from '../../options/journal-option.ts';
import type { TaskDefinition } from '../../task/definition/definition.ts';
import type { Segment } from '../outcome/segment.ts';
import type { EndedRun, RunEnd, RunListener } from '../outcome/run-listener.ts';
import { sliceSegment } from '../outcome/segment.ts';
import type { Source } from '../source/source.ts';
import { JournalSource } from './journal-source.ts';
import { EarlierRun } from './earlier-run.ts';
import { describeFailure, encodeOutcomes } from './outcome-record.ts';

/** Operations of a run that its journal may call. */
export interface JournaledRun {
  /** Takes in outcomes that are known from an earlier run. */
  putKnown(segment: Segment): void;
  /** Ends the run, since its journal cannot go on. */
  fail(error: JournalError): void;
}

export interface RunJournalPlan {
  readonly settings: JournalSettings;
  readonly source: Source;
  /** Identity of the call: the kind and length of the input, and the options that make a difference to results. */
  readonly input: string;
  readonly options: string;
  /** Value that the call gives to its tasks, which makes a difference as well. */
  readonly store: unknown;
  /** True if a failure is the outcome of its item; false if a failed item is still to be done. */
  readonly keepsFailures: boolean;
  /** Index of each item by the position at which it is pulled; `undefined` if items are pulled in input order. */
  readonly order: Float64Array | undefined;
}

/**
 * Records what a run has done, so that the next run of the same program does only the rest. The journal listens: the
 * code on an item's way knows nothing of it.
 */
class RunJournal implements RunListener {
  readonly source: JournalSource;
  readonly #plan: RunJournalPlan;
  readonly #earlier: EarlierRun;
  #hasBegun = false;
  #opening: Promise<void> | undefined;
  #isClosed = false;
  #journal: Journal | undefined;
  #run!: JournaledRun;

  constructor(plan: RunJournalPlan) {
    this.#plan = plan;
    this.source = new JournalSource(plan.source, plan.settings.path);
    const { settings, order } = plan;
    this.#earlier = new EarlierRun({ retryFailed: settings.retryFailed, order }, (segment) =>
      this.#run.putKnown(segment),
    );
  }

  /** Indices of items that were in flight when a program came to its end without closing its journal. */
  get suspects(): Set<number> {
    return this.#earlier.suspects;
  }

  attach(run: JournaledRun): void {
    this.#run = run;
  }

  /** Opens the journal once the task is known. Rejects with a `JournalError`. */
  async open(definition: TaskDefinition): Promise<void> {
    // The run was ended while the task was looked up, so nobody would close a journal that is opened now.
    if (this.#isClosed) return;
    this.#opening = this.#open(definition);
    await this.#opening;
  }

  async #open(definition: TaskDefinition): Promise<void> {
    const { settings, input, options, store } = this.#plan;
    // The journal's modules are loaded on demand, since most programs have no journal.
    const { openJournal } = await import('../../journal/open-journal.ts');
    const { describeStore, fingerprintTask } = await import('../../task/definition/fingerprint.ts');
    this.#journal = await openJournal({
      path: settings.path,
      onMismatch: settings.onMismatch,
      identity: {
        input,
        task: fingerprintTask(definition),
        options: [options, ...describeStore(store)].join(', '),
      },
      onRecord: (record) => this.#earlier.add(record),
      onFailure: (error) => this.#run.fail(error),
    });
    this.source.recall(this.#earlier);
  }

  /** Records that a worker is about to have these items, so that the next run knows them if the program dies of one. */
  begun(chunk: Chunk): void {
    const journal = this.#journal;
    if (journal === undefined) return;
    const indices = Array.from({ length: chunk.items.length }, (_, at) => indexOf(chunk, at));
    this.#hasBegun = true;
    journal.append({ type: 'begun', indices } as JournalRecord);
    // The record is written now, not at the end of this turn, since an item may take less than that to end the program.
    journal.write();
  }

  /** Records outcomes, and the items that were read from the input since the last such record. */
  settled(segment: Segment): void {
    const journal = this.#journal;
    if (journal === undefined) return;
    const read = this.source.cut();
    if (read !== undefined) journal.append(read);
    let from = 0;
    if (!this.#plan.keepsFailures) {
      for (const [at, outcome] of segment.outcomes ?? []) {
        if (outcome.kind !== 'failed') continue;
        journal.append({
          type: 'failed',
          ...describeFailure(segment.index + at, outcome.error),
        } as JournalRecord);
        if (at > from) this.#append(journal, sliceSegment(segment, from, at));
        from = at + 1;
      }
    }
    if (from < segment.values.length) {
      this.#append(journal, from === 0 ? segment : sliceSegment(segment, from, segment.values.length));
    }
  }

  /**
   * Closes the journal of a run that is over; all that the run did is durable when this resolves. Also waits for a
   * journal that is still being opened, which nobody else would close.
   */
  async ended({ supply }: EndedRun, how: RunEnd): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    const journal = this.#journal;
    this.#journal = undefined;
    if (journal === undefined) return;
    // Items in flight are under suspicion no longer, since the program has not died of them.
    if (this.#hasBegun) journal.append({ type: 'closed' });
    const { pulled } = supply;
    // A run that was left early or cut off has not come to its end: the next run does what is left.
    if (
      (how === 'ended' && pulled !== this.#earlier.total) ||
      (how === 'stopped' && !this.#earlier.isStopped)
    ) {
      journal.append({
        type: 'end',
        total: pulled,
        ...(how === 'stopped' && { isStopped: true }),
      } as JournalRecord);
    }
    await journal.close();
  }

  #append(journal: Journal, segment: Segment): void {
    try {
      journal.append(encodeOutcomes(segment));
    } catch (cause) {
      const { path } = this.#plan.settings;
      const last = segment.index + segment.values.length - 1;
      const message = `A result of items ${segment.index} to ${last} cannot be kept in the journal ${path}: ${
        (cause as Error).message
      } Return data that can be stored, or do without \`journal\`.`;
      this.#run.fail(new JournalError(message, { path, reason: 'io' }, { cause }));
    }
  }
}

export type { RunJournal };

/** Makes the journal of a run, which is opened when the task is known. */
export function createRunJournal(plan: RunJournalPlan): RunJournal {
  return new RunJournal(plan);
}
