import type { AnswerMessage } from '../../wire/message/message.ts';

/** Measures how long a run takes, and what of that its workers spend on what. All in milliseconds. */
export class RunTimes {
  /** Time in tasks, summed over the workers. */
  compute = 0;
  /** Time for which modules of tasks were loaded, summed over the workers. */
  load = 0;
  readonly #start: number = performance.now();
  #end: number | undefined;
  #busy = 0;

  /** @param busy - Milliseconds for which the worker held the chunk and could run it. */
  addChunk(answer: AnswerMessage, busy: number): void {
    this.compute += answer.compute;
    this.load += answer.load;
    this.#busy += Math.max(busy, answer.compute);
  }

  end(): void {
    this.#end = performance.now();
  }

  /** Time since the call, up to its end. */
  get elapsed(): number {
    return (this.#end ?? performance.now()) - this.#start;
  }

  /** Time that chunks were with a worker which did not compute: encoding, decoding, and on their way. */
  get transport(): number {
    return this.#busy - this.compute;
  }
}
