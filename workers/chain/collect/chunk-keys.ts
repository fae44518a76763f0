import { KeyTable } from '../../../src/wire/keys/key-table.ts';
import type { Keyed } from '../../../src/wire/keys/keyed.ts';
import { FewTexts, MOST_FEW } from './few-texts.ts';

/** The keys that were seen in a chunk, numbered in the order in which they first came. */
export class ChunkKeys {
  readonly #texts: KeyTable;
  /** Numbers of the texts, while they are few. A string that was cut out of a text holds that: none outlives its chunk. */
  #few: FewTexts | undefined;
  readonly #fewTexts: FewTexts;
  readonly #others = new Map<unknown, number>();
  #before: number[] = [];

  /** @param seed - Number that all chunks of a run have in common. */
  constructor(seed: number) {
    this.#texts = new KeyTable(seed);
    this.#few = this.#fewTexts = new FewTexts(seed);
  }

  /** Numbers of the texts, and of the other keys. */
  get texts(): number {
    return this.#texts.size;
  }

  get others(): number {
    return this.#others.size;
  }

  /** Finds or adds a key: gives the number of a text, or `~number` of another key. */
  add(key: unknown): number {
    if (typeof key === 'string') {
      const known = this.#few === undefined ? -1 : this.#few.find(key);
      const number = known < 0 ? this.#addText(key) : known;
      if (number >= 0) return number;
    }
    const known = this.#others.get(key);
    if (known !== undefined) return ~known;
    const number = this.#others.size;
    this.#others.set(key, number);
    this.#before.push(this.#texts.size);
    return ~number;
  }

  /** Takes back a key that was just added, given what `add` gave for it. */
  remove(key: unknown, number: number): void {
    if (number >= 0) {
      this.#few?.removeLast(key as string);
      this.#texts.removeLast();
      return;
    }
    this.#others.delete(key);
    this.#before.pop();
  }

  copy(): Pick<Keyed, 'keys' | 'others'> {
    const others =
      this.#others.size === 0 ? undefined : { keys: [...this.#others.keys()], before: [...this.#before] };
    return { keys: this.#texts.copy(), others };
  }

  clear(): void {
    this.#fewTexts.clear();
    this.#few = this.#texts.size > MOST_FEW ? undefined : this.#fewTexts;
    this.#texts.clear();
    this.#others.clear();
    this.#before = [];
  }

  /** Finds or adds a text; gives -1 for one that has no form in bytes. */
  #addText(key: string): number {
    const number = this.#texts.add(key);
    if (this.#few === undefined || number < 0) return number;
    if (!this.#few.add(key, number)) this.#few = undefined;
    return number;
  }
}
