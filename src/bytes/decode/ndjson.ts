import { type DecoderSteps, END, MalformedError, NO_RECORD } from './lines/decoder.ts';
import { findJsonError } from './json-error.ts';
import { LineDecoder } from './lines/line-decoder.ts';

/** Matches a line of JSON's own white space: any other character is worth an error. */
const BLANK = /^[ \t\r\n]*$/;

/** Decodes a JSON value from each line. Blank lines are passed over. */
export class NdjsonDecoder extends LineDecoder implements DecoderSteps {
  next(): unknown {
    for (;;) {
      const text = this.read();
      if (text === undefined) return END;
      const record = this.#parse(text);
      if (record !== NO_RECORD) return record;
    }
  }

  override get steps(): DecoderSteps | undefined {
    return this.isWhole ? this : undefined;
  }

  make(): unknown {
    const { text, from, to } = this.reader.span;
    return this.#parse(text.slice(from, to));
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Blank lines are looked for only now: every line would pay for that.
      if (BLANK.test(text)) return NO_RECORD;
      const { problem, position } = findJsonError(text);
      throw new MalformedError(problem, this.reader.line, position + 1);
    }
  }
}
