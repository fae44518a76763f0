import type { Block } from '../block.ts';
import { type Decoder, END, MalformedError } from './decoder.ts';
import { findJsonError } from './json-error.ts';
import { LineReader } from './line-reader.ts';

/** A JSON value on each line. Blank lines are passed over. */
export class NdjsonDecoder implements Decoder {
  readonly #reader: LineReader;

  constructor(block: Block) {
    this.#reader = new LineReader(block);
  }

  get start(): number {
    return this.#reader.start;
  }

  get line(): number {
    return this.#reader.line;
  }

  get lines(): number {
    return this.#reader.lines;
  }

  next(): unknown {
    for (;;) {
      const text = this.#reader.read();
      if (text === undefined) return END;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // Looked at only now: every line would pay for it.
        if (text.trim() === '') continue;
        const { problem, position } = findJsonError(text);
        throw new MalformedError(problem, this.#reader.line, position + 1);
      }
    }
  }

  text(): string {
    return this.#reader.text();
  }
}
