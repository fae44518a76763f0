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
    if (line.stretch < 0) return line.text.includes(this.#character);
    return this.find(line) < line.to;
  }

  /** Finds the character behind the start of a line within the text of many; gives its place, or one behind all. */
  find(line: Span): number {
    if (!this.#isPassed(line)) this.#search(line);
    return this.#at;
  }

  /** Finds the character in the text of a line from its start on, for the calls to come. */
  #search({ text, from, stretch }: Span): void {
    const at = text.indexOf(this.#character, from);
    this.#stretch = stretch;
    this.#from = from;
    this.#at = at < 0 ? NOWHERE : at;
  }

  #isPassed({ from, stretch }: Span): boolean {
    return stretch === this.#stretch && from <= this.#at && from >= this.#from;
  }
}
