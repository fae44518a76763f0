import type { Block } from '../../block.ts';
import { type Decoder, type DecoderSteps, MalformedError } from './decoder.ts';
import { LineReader } from './line-reader.ts';

/** Reads records of which each is a line. */
export abstract class LineDecoder implements Decoder {
  readonly reader: LineReader;
  readonly loop: undefined;
  readonly #maxRecordBytes: number;
  readonly #mayBeTooLong: boolean;

  constructor(block: Block, maxRecordBytes: number) {
    this.reader = new LineReader(block);
    this.#maxRecordBytes = maxRecordBytes;
    this.#mayBeTooLong = block.bytes.length > maxRecordBytes;
  }

  abstract next(): unknown;

  get steps(): DecoderSteps | undefined {
    return undefined;
  }

  /** Whether no line of the block is to be measured, and none is only the beginning of one. */
  protected get isWhole(): boolean {
    return !this.#mayBeTooLong && this.reader.broken === undefined;
  }

  /** Nothing is left of a line that cannot be read. */
  passOver(): void {}

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

  /** Reads the next line; `undefined` when there is none. */
  protected read(): string | undefined {
    const { reader } = this;
    if (this.#mayBeTooLong) return this.#readMeasured();
    if (!reader.readPlain()) {
      reader.assertWhole();
      if (!reader.readOther()) return undefined;
    }
    const { text, from, to } = reader.span;
    return text.slice(from, to);
  }

  /** Reads the next line of a block in which one may be longer than it should be. */
  #readMeasured(): string | undefined {
    const { reader } = this;
    reader.assertWhole();
    let text: string | undefined;
    let failure: unknown;
    try {
      text = reader.read();
      if (text === undefined) return undefined;
    } catch (thrown) {
      failure = thrown;
    }
    // The length is checked before any other failure, as for a line that is too long to be looked at any further.
    if (reader.measure(reader.start) > this.#maxRecordBytes) {
      throw new MalformedError(describeTooLong(this.#maxRecordBytes), reader.line, 1);
    }
    if (failure !== undefined) throw failure as Error;
    return text;
  }
}

/** Length of the longest text that V8 has, in characters: no record is made of more bytes. */
export const LONGEST_TEXT: number = process.getBuiltinModule('node:buffer').constants.MAX_STRING_LENGTH;

/** Says why a record that is longer than it may be is malformed. */
export function describeTooLong(maxRecordBytes: number): string {
  const reason = maxRecordBytes === LONGEST_TEXT ? 'the most that a text may have' : 'maxRecordBytes';
  return `longer than ${maxRecordBytes} bytes (${reason})`;
}
