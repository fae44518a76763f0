import type { Block } from '../block.ts';
import type { Decoder } from './decoder.ts';
import { LineReader } from './line-reader.ts';

/** Reads records each of which is a line. */
export abstract class LineDecoder implements Decoder {
  protected readonly reader: LineReader;

  constructor(block: Block) {
    this.reader = new LineReader(block);
  }

  abstract next(): unknown;

  get start(): number {
    return this.reader.start;
  }

  get line(): number {
    return this.reader.line;
  }

  get position(): number {
    return this.reader.position;
  }

  get lines(): number {
    return this.reader.lines;
  }

  text(): string {
    return this.reader.text();
  }
}
