import type { AsyncContext } from '../../async/async-context.ts';
import { type ItemError, WorkerError } from '../../errors/item-errors.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import type { Supply } from '../chunk/supply.ts';
import type { Dispatch } from '../pool/dispatch/dispatch.ts';
import type { SentChunk } from '../work/work.ts';
import { type Host, Quarantine } from './quarantine.ts';
import type { RunPlan } from './run-plan.ts';
import type { RunTally } from '../outcome/tally.ts';

/** The run whose items are isolated. */
export interface IsolatedRun extends Host {
  readonly supply: Supply;
  readonly tally: RunTally;
}

/**
 * Sends single items of a run that may end their worker to processes, and opens these when the first item needs them.
 */
export class Isolation {
  readonly #run: IsolatedRun;
  readonly #dispatch: Dispatch;
  readonly #context: AsyncContext;
  readonly #suspects: RunPlan['suspects'];
  #quarantine: Quarantine | undefined;

  constructor(run: IsolatedRun, dispatch: Dispatch, { context, suspects }: RunPlan) {
    this.#run = run;
    this.#dispatch = dispatch;
    this.#context = context;
    this.#suspects = suspects;
  }

  /** Whether the pool has processes for such items. */
  get isOffered(): boolean {
    return this.#dispatch.suspects !== undefined;
  }

  /** Whether an item waits for a process, or runs in one. */
  get isBusy(): boolean {
    return this.#quarantine?.isBusy === true;
  }

  /** Takes a chunk apart that holds items which may have ended the program: those go to processes at once. */
  takeSuspects(chunk: Chunk): boolean {
    const suspects = this.#suspects;
    const open = this.#dispatch.suspects;
    if (suspects === undefined || suspects.size === 0 || open === undefined) return false;
    const positions = Array.from({ length: chunk.items.length }, (_, at) => at);
    const found = positions.filter((at) => suspects.delete(indexOf(chunk, at)));
    if (found.length === 0) return false;
    this.#quarantine ??= new Quarantine(this.#run, open(), this.#context);
    for (const at of positions) {
      const alone = sliceChunk(chunk, at, at + 1);
      if (found.includes(at)) this.#quarantine.begin(alone);
      else this.#run.supply.giveBack(alone);
    }
    return true;
  }

  /** Tries an item once more whose worker died on it, in a process, where the pool has such for suspects. */
  retry(sent: SentChunk, at: number, error: ItemError): boolean {
    const { suspects } = this.#dispatch;
    if (suspects === undefined || !(error instanceof WorkerError)) return false;
    this.#quarantine ??= new Quarantine(this.#run, suspects(), this.#context);
    const { attempt } = sent.chunk;
    const alone = { ...sliceChunk(sent.chunk, at, at + 1), attempt: attempt + 1 };
    const isAdmitted = this.#quarantine.admit(alone, error, sent.place);
    if (isAdmitted) this.#run.tally.retried++;
    return isAdmitted;
  }

  /** Takes back an item that is isolated. Returns false for all other chunks. */
  takeBack(chunk: Chunk): boolean {
    if (this.#quarantine?.holds(chunk) !== true) return false;
    this.#quarantine.giveBack(chunk);
    return true;
  }

  /** Ends what is in progress in the processes. */
  close(): Promise<void> | undefined {
    return this.#quarantine?.close();
  }
}
