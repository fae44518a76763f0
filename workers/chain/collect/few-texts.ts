/** The most texts that are held, and the most characters of one: beyond them bytes are quicker. */
export const MOST_FEW = 1024;
const LONGEST = 32;
const CELLS = 4 * MOST_FEW;
const MASK = CELLS - 1;
/** The most cells that a search looks at. It is far from them, unless texts were chosen to share their cells. */
const FARTHEST = 16;

// This function is taken now, since tasks may replace it.
const { imul } = Math;

/**
 * Numbers of texts, as long as these are few and short. They are hashed and compared in code that V8 compiles into who
 * asks: a map takes twice as long for a string that was just cut out of another, since V8 first hashes that by a call.
 */
export class FewTexts {
  readonly #seed: number;
  /** For each cell, the place of its text in `#texts`, from 1. */
  readonly #cells = new Int32Array(CELLS);
  readonly #texts: string[] = [];
  readonly #numbers: number[] = [];

  /** @param seed - Another one for each run, so that nobody can choose texts that share their cells. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Gives the number of a text; -1 where it is not held. */
  find(text: string): number {
    if (text.length > LONGEST) return -1;
    const cells = this.#cells;
    const texts = this.#texts;
    const first = hashText(text, this.#seed);
    for (let step = 0; step < FARTHEST; step++) {
      const at = (cells[(first + step) & MASK] as number) - 1;
      if (at < 0) return -1;
      if (texts[at] === text) return this.#numbers[at] as number;
    }
    return -1;
  }

  /** Holds a text that is not held. Returns false where that cannot be: others would be found more quickly elsewhere. */
  add(text: string, number: number): boolean {
    if (text.length > LONGEST) return true;
    if (this.#texts.length === MOST_FEW) return false;
    const first = hashText(text, this.#seed);
    for (let step = 0; step < FARTHEST; step++) {
      const cell = (first + step) & MASK;
      if (this.#cells[cell] !== 0) continue;
      // Tasks may have replaced what arrays can do: they are indexed only.
      const at = this.#texts.length;
      this.#texts[at] = text;
      this.#numbers[at] = number;
      this.#cells[cell] = at + 1;
      return true;
    }
    return false;
  }

  /** Forgets a text that was added last, before any other was. */
  removeLast(text: string): void {
    const last = this.#texts.length;
    if (last === 0 || this.#texts[last - 1] !== text) return;
    const first = hashText(text, this.#seed);
    for (let step = 0; step < FARTHEST; step++) {
      const cell = (first + step) & MASK;
      if (this.#cells[cell] === last) this.#cells[cell] = 0;
    }
    this.#texts.length = this.#numbers.length = last - 1;
  }

  clear(): void {
    this.#cells.fill(0);
    // The arrays stay: code that V8 has compiled goes by fields that were written only once.
    this.#texts.length = this.#numbers.length = 0;
  }
}

function hashText(text: string, seed: number): number {
  let hash = seed ^ text.length;
  for (let at = 0; at < text.length; at++) hash = imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
