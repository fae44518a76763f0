import { type CaptureSummary, judge, type RunSummary } from '../../progress/summary.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { Strays } from '../work/work.ts';

/** Counts the items of a run by outcome, and the time that they took. */
export class RunCounts {
  items = 0;
  failed = 0;
  skipped = 0;
  retried = 0;
  repeated = 0;
  resumed = 0;
  /** Errors that items have left behind, which are counted elsewhere: also once the run is over. */
  readonly strays: Strays;
  readonly #start: number = performance.now();
  #end: number | undefined;
  #compute = 0;
  #busy = 0;
  #load = 0;

  constructor(strays: Strays) {
    this.strays = strays;
  }

  /** @param busy - Milliseconds for which the worker held the chunk and could run it. */
  addChunk(answer: AnswerMessage, busy: number): void {
    this.#compute += answer.compute;
    this.#load += answer.load;
    this.#busy += Math.max(busy, answer.compute);
  }

  end(): void {
    this.#end = performance.now();
  }

  /** Milliseconds since the call, up to its end. */
  get elapsed(): number {
    return (this.#end ?? performance.now()) - this.#start;
  }

  summarise(workers: number, capture?: CaptureSummary): RunSummary {
    const { items, failed, skipped, retried, repeated, resumed, elapsed } = this;
    const strays = this.strays.count;
    const counted = {
      items,
      failed,
      skipped,
      retried,
      repeated,
      resumed,
      strays,
      workers,
      elapsed,
      compute: this.#compute,
      transport: this.#busy - this.#compute,
      load: this.#load,
      capture,
      speedup: elapsed > 0 ? this.#compute / elapsed : 0,
    };
    return { ...counted, verdict: judge(counted) };
  }
}
