/** Finds a character in a text in which it may be rare: what a search has found serves for all lines before it. */
export class NextPlace {
  readonly character: string;
  #text = '';
  /** The stretch of the text, from `#from` up to `#at`, in which the character does not stand. */
  #from = 0;
  #at = 0;

  constructor(character: string) {
    this.character = character;
  }

  /** Returns whether the character stands between two places of a text. */
  isWithin(text: string, from: number, to: number): boolean {
    if (!this.#isPassed(text, from)) this.search(text, from);
    return this.#at < to;
  }

  /** Returns whether an earlier search has told already that the character does not stand between two places. */
  isKnownAbsent(text: string, from: number, to: number): boolean {
    return to <= this.#at && this.#isPassed(text, from);
  }

  /** Finds the character from a place on, for the calls to come. */
  search(text: string, from: number): void {
    const at = text.indexOf(this.character, from);
    this.#text = text;
    this.#from = from;
    this.#at = at < 0 ? Infinity : at;
  }

  #isPassed(text: string, from: number): boolean {
    return from <= this.#at && from >= this.#from && text === this.#text;
  }
}
