import { END, MalformedError } from './lines/decoder.ts';
import { findJsonError } from './json-error.ts';
import { LineDecoder } from './lines/line-decoder.ts';

/** What JSON takes for white space: all else is to be seen. */
const BLANK = /^[ \t\r\n]*$/;

/** A JSON value on each line. Blank lines are passed over. */
export class NdjsonDecoder extends LineDecoder {
  next(): unknown {
    for (;;) {
      const text = this.read();
      if (text === undefined) return END;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // Looked at only now: every line would pay for it.
        if (BLANK.test(text)) continue;
        const { problem, position } = findJsonError(text);
        throw new MalformedError(problem, this.reader.line, position + 1);
      }
    }
  }
}
