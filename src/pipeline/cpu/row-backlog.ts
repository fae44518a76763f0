import type { Header } from '../../bytes/format.ts';
import { type Chunk, headerOfRows } from '../../flow/chunk/chunk.ts';
import { Backlog } from '../../flow/launch/backlog.ts';
import type { Window } from '../../flow/launch/window.ts';
import type { RowOrder } from '../../flow/run/run-plan.ts';
import type { Run } from '../../flow/run/run.ts';
import type { Collected } from '../../wire/message/payload.ts';

/** Milliseconds of computing without a row, or of running one chunk, after which the first row is not waited for. */
const PATIENCE = 1000;
/** Milliseconds between two looks at that. */
const LOOK = 100;

/**
 * Keeps one chunk on its way until the first row has come, where that row decides the columns, and no part of the chunk on
 * another worker: else the columns would be those of the row that a worker happens to begin with. Where the row is long
 * in coming, chunks go to all workers all the same: that few items become rows, or slowly, must not cost cores.
 */
export class RowBacklog extends Backlog implements RowOrder {
  readonly #needsHeader: boolean;
  #decided: Header | undefined;
  #isPatient: boolean;
  /** Number of items that were handed out, and have neither come back nor an outcome. */
  #pending = 0;
  /** Milliseconds that the chunks took which have come back without a row. */
  #computed = 0;
  /** Milliseconds for which the chunk on its way was seen to run. */
  #waited = 0;
  #run: Run | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param needsHeader - Whether results are rows whose columns nobody has named yet. */
  constructor(window: Window, needsHeader: boolean) {
    super(window);
    this.#needsHeader = needsHeader;
    this.#isPatient = needsHeader;
  }

  /** Header that chunks are told; `undefined` where results are no such rows, or each worker goes by its own. */
  get header(): Chunk['header'] {
    return this.#isPatient ? 'undecided' : this.#decided;
  }

  get isHeld(): boolean {
    return this.#isPatient && this.#pending > 0;
  }

  override attach(run: Run): void {
    this.#run = run;
    super.attach(run);
    if (!this.#isPatient) return;
    this.#timer = setInterval(() => {
      // A source that has nothing yet, and a module that takes long to load, say nothing of how long rows take.
      if (!run.isRunning) return;
      this.#waited += LOOK;
      if (this.#waited > PATIENCE) this.#endPatience();
    }, LOOK);
    const stop = (): void => clearInterval(this.#timer);
    run.finished.then(stop, stop);
  }

  noteHandedOut(items: number): void {
    this.#pending += items;
  }

  noteGivenBack(items: number): void {
    this.#pending -= items;
  }

  /** Notes that items have their outcome, whatever stands before them, and the milliseconds that they took. */
  noteSettled(items: number, compute: number): void {
    this.#pending -= items;
    this.#waited = 0;
    this.#computed += compute;
    if (this.#isPatient && this.#computed >= PATIENCE) this.#endPatience();
    // What is left of a block is not back before this turn ends, and comes before the next block.
    if (this.#isPatient) queueMicrotask(() => this.#run?.wake());
  }

  /** Looks for the first row in results, which come in the order of the input. */
  look(collected: Collected | undefined): void {
    if (!this.#needsHeader || this.#decided !== undefined) return;
    this.#decided = headerOfRows(collected);
    if (this.#decided !== undefined) this.#endPatience();
  }

  #endPatience(): void {
    clearInterval(this.#timer);
    this.#isPatient = false;
    queueMicrotask(() => this.#run?.wake());
  }
}
