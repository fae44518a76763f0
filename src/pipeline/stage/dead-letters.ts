import { raceTime } from '../../async/deferred.ts';
import type { Sink, SinkRun } from '../../bytes/sink.ts';
import { openSingleWriter, type SingleWriter } from '../../bytes/sinks/single-writer.ts';
import type { TelarError } from '../../errors/telar-error.ts';
import { skip } from '../../wire/message/outcome.ts';
import { giveUp } from './give-up.ts';

/** Milliseconds for which a run that has failed waits for the letter that is on its way. */
const SETTLE = 1000;

/** An item that a stage failed on, in every try. */
export interface DeadLetter {
  /** The name of the stage. */
  readonly stage: string;
  /** Item that went into the stage's first fused neighbour; of a record in a file, its text. */
  readonly item: unknown;
  readonly error: TelarError;
}

/** Destination of dead letters: a function, which may be asynchronous; a sink; or `skip`, which only counts them. */
export type DeadLetterSink = typeof skip | ((letter: DeadLetter) => unknown) | Sink<DeadLetter>;

/** Error policy of a stage for an item that it failed on: `undefined` ends the run. */
export type ErrorPolicy = DeadLetterWriter | undefined;

/** The dead letters of one flow on their way to a sink: in the order of its items, whoever else writes there. */
export class DeadLetterWriter {
  /** Number of letters that the sink has, those of a run that was cut off included. */
  written: number;
  readonly letters: DeadLetters;
  /** Number of letters that come again and that the sink has already. */
  #left: number;

  /** @param had - Number of letters that the sink has; of these, `left` come again. */
  constructor(letters: DeadLetters, had = 0, left = 0) {
    this.letters = letters;
    this.written = had;
    this.#left = left;
  }

  /** Number of letters that were written, or would have been, at this place of the flow. */
  get count(): number {
    return this.written - this.#left;
  }

  /** Writes a letter. Resolves when the sink has taken it. */
  async write(letter: DeadLetter): Promise<void> {
    if (this.#left > 0) {
      this.#left--;
      return;
    }
    await this.letters.write(letter, this);
  }
}

/** Ends a writer. One that cannot be ended is given up, so that nothing of it stays open. */
async function endWriter(writer: SingleWriter<DeadLetter> | undefined): Promise<void> {
  try {
    await writer?.end();
  } catch (thrown) {
    await giveUp(writer);
    throw thrown;
  }
}

/** Dead letters on their way to one sink. Nothing is opened before the first letter. */
export class DeadLetters {
  readonly sink: DeadLetterSink;
  readonly #run: SinkRun | undefined;
  #open: Promise<SingleWriter<DeadLetter>> | undefined;
  /** Resolves when the last call of the sink has ended: calls do not overlap, though several flows may fail at once. */
  #last: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(sink: DeadLetterSink, run?: SinkRun) {
    this.sink = sink;
    this.#run = run;
  }

  write(letter: DeadLetter, writer: DeadLetterWriter): Promise<void> {
    return this.#inTurn(async () => {
      // The letter is of a stage that was on its way when the run ended: nobody would close what it opens.
      if (this.#isOver) throw new Error('The run is over.');
      if (typeof this.sink === 'function') await this.sink(letter);
      else if (this.sink !== skip) await (await this.#writer(this.sink)).write(letter);
      writer.written++;
    });
  }

  /** Makes durable what was written. `read` is called at the moment that the checkpoint vouches for. */
  async checkpoint(read: () => void): Promise<unknown> {
    let state: Promise<unknown> | undefined;
    await this.#inTurn(async () => {
      read();
      const writer = await this.#open;
      state = writer?.checkpoint?.();
      // The state is awaited below: letters may go on meanwhile.
      state?.catch(() => {});
    });
    return (await state) ?? this.#run?.state;
  }

  /**
   * Ends the sink of a run that is over, well or not: what failed is kept either way. A run that can go on keeps it for
   * then.
   */
  async end(how: 'done' | 'failed' | 'paused'): Promise<void> {
    this.#isOver = true;
    // A function, or a sink, that never settles must not keep a run that has failed, or whose signal has fired.
    const hasSettled = await raceTime(this.#last, how === 'failed' ? SETTLE : Infinity);
    // Dead letters that a run before has written are to appear, whether or not others came.
    if (how !== 'failed' && this.#run?.state !== undefined && typeof this.sink === 'object')
      await this.#writer(this.sink);
    const open = this.#open;
    this.#open = undefined;
    // A sink that never opens is not waited for either.
    if (!hasSettled && open !== undefined && !(await raceTime(open, 0))) return;
    const writer = await open;
    if (hasSettled && (how === 'done' || this.#run === undefined)) await endWriter(writer);
    else if (hasSettled && how === 'paused' && writer?.pause !== undefined) await writer.pause();
    // While a letter is on its way, a writer can only be given up.
    else await giveUp(writer);
  }

  #writer(sink: Sink<DeadLetter>): Promise<SingleWriter<DeadLetter>> {
    return (this.#open ??= openSingleWriter(sink, this.#run));
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    await turn;
  }
}
