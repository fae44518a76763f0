import type { Sink } from '../bytes/sink.ts';
import { createEncoder } from '../bytes/encode/encoder.ts';
import type { TelarError } from '../errors.ts';
import { skip } from '../wire/outcome.ts';

/** An item that a stage failed on, in every try. */
export interface DeadLetter {
  /** The name of the stage. */
  readonly stage: string;
  /** What went into the stage's first fused neighbour; of a record in a file, its text. */
  readonly item: unknown;
  readonly error: TelarError;
}

/** Where dead letters go: a function, which may be asynchronous; a sink; or `skip`, which only counts them. */
export type DeadLetterSink = typeof skip | ((letter: DeadLetter) => unknown) | Sink<DeadLetter>;

/** What a stage does with an item that it failed on: `undefined` ends the run. */
export type Policy = Letters | undefined;

/** Dead letters on their way to one sink. Nothing is opened before the first. */
export class Letters {
  readonly #sink: DeadLetterSink;
  #open: Promise<LetterWriter> | undefined;

  constructor(sink: DeadLetterSink) {
    this.#sink = sink;
  }

  /** Resolves when the sink has taken it. */
  async write(letter: DeadLetter): Promise<void> {
    if (this.#sink === skip) return;
    if (typeof this.#sink === 'function') {
      await this.#sink(letter);
      return;
    }
    this.#open ??= openWriter(this.#sink);
    await (await this.#open).write(letter);
  }

  /** The run is over, well or not: what failed is kept either way. */
  async end(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await (await open)?.end();
  }
}

interface LetterWriter {
  write(letter: DeadLetter): Promise<void>;
  end(): Promise<void>;
}

async function openWriter(sink: Sink<DeadLetter>): Promise<LetterWriter> {
  if (sink.kind === 'values') {
    const writer = await sink.open();
    return { write: (letter) => writer.write([letter]), end: () => writer.end() };
  }
  const writer = await sink.open();
  const encoder = createEncoder(writer.format);
  return {
    write: async (letter) => {
      encoder.write(letter);
      await writer.write(encoder.take(), 1, encoder.columns);
    },
    end: () => writer.end(),
  };
}
