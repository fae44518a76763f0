import type { Block } from '../block.ts';
import { type Decoder, END } from './decoder.ts';
import { LineReader } from './line-reader.ts';

/** Each line is a record, without its end. */
export class LinesDecoder implements Decoder {
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
    return this.#reader.read() ?? END;
  }

  text(): string {
    return this.#reader.text();
  }
}
