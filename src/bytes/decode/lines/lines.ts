import { END } from './decoder.ts';
import { LineDecoder } from './line-decoder.ts';

/** Decodes text in which each line, without its end, is a record. */
export class LinesDecoder extends LineDecoder {
  next(): unknown {
    return this.read() ?? END;
  }
}
