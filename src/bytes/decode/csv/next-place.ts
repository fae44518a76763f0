import type { Span } from '../lines/line-reader.ts';
import { NOWHERE } from './row-code.ts';

/** Finds a character in a text in which it may be rare: what a search has found serves for all lines before it. */
export class NextPlace {
  readonly #character: string;
  /** Number of the text, and the stretch of it, from `#from` up to `#at`, in which the character does not stand. */
  #stretch = -1;
  #from = 0;
  #at = 0;

  constructor(character: string) {
    this.#character = character;
  }

  /** Returns whether the character stands in a line. */
  isWithin(line: Span): boolean {
    const { from, stretch } = line;
    if (stretch < 0) return line.text.includes(this.#character);
    // `find` is asked only where it would search: for most lines this is one function, and not two.
    const isKnown = stretch === this.#stretch && from <= this.#at && from >= this.#from;
    return (isKnown ? this.#at : this.find(line)) < line.to;
  }

  /** Finds the character behind the start of a line within the text of many; gives its place, or one behind all. */
  find({ text, from, stretch }: Span): number {
    if (stretch === this.#stretch && from <= this.#at && from >= this.#from) return this.#at;
    const at = text.indexOf(this.#character, from);
    this.#stretch = stretch;
    this.#from = from;
    return (this.#at = at < 0 ? NOWHERE : at);
  }
}
