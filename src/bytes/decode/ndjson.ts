import { END, MalformedError } from './lines/decoder.ts';
import { findJsonError } from './json-error.ts';
import { LineDecoder } from './lines/line-decoder.ts';

/** Matches a line of JSON's own white space: any other character is worth an error. */
const BLANK = /^[ \t\r\n]*$/;

/** Decodes a JSON value from each line. Blank lines are passed over. */
export class NdjsonDecoder extends LineDecoder {
  next(): unknown {
    for (;;) {
      const text = this.read();
      if (text === undefined) return END;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // Blank lines are looked for only now: every line would pay for that.
        if (BLANK.test(text)) continue;
        const { problem, position } = findJsonError(text);
        throw new MalformedError(problem, this.reader.line, position + 1);
      }
    }
  }
}
