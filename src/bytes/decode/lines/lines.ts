import { type DecoderSteps, END } from './decoder.ts';
import { LineDecoder } from './line-decoder.ts';

/** Decodes text in which each line, without its end, is a record. */
export class LinesDecoder extends LineDecoder implements DecoderSteps {
  next(): unknown {
    return this.read() ?? END;
  }

  override get steps(): DecoderSteps | undefined {
    return this.isWhole ? this : undefined;
  }

  make(): unknown {
    const { text, from, to } = this.reader.span;
    return text.slice(from, to);
  }
}
