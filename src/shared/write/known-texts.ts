/** Texts after which the older half of them is forgotten. */
const MOST = 32_768;

/** Places of texts that were written lately, so that one which occurs often is written once. */
export class KnownTexts {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** Finds the place of a text; `undefined` for one that is not known. */
  find(text: string): number | undefined {
    const recent = this.#recent.get(text);
    if (recent !== undefined || this.#older.size === 0) return recent;
    const older = this.#older.get(text);
    if (older !== undefined) this.add(text, older);
    return older;
  }

  add(text: string, place: number): void {
    this.#recent.set(text, place);
    if (this.#recent.size < MOST) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}
