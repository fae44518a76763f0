import { END } from './decoder.ts';
import { LineDecoder } from './line-decoder.ts';

/** Each line is a record, without its end. */
export class LinesDecoder extends LineDecoder {
  next(): unknown {
    return this.read() ?? END;
  }
}
