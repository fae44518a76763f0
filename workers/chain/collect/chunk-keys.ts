import { KeyTable } from '../../../src/wire/keys/key-table.ts';
import type { Keyed } from '../../../src/wire/keys/keyed.ts';

/** The most texts that are found in a map of strings, which is quicker than bytes as long as it is small. */
const MOST_FEW = 1024;

/** The keys that were seen in a chunk, numbered in the order in which they first came. */
export class ChunkKeys {
  readonly #texts: KeyTable;
  /** Numbers of the texts, while they are few. A string that was cut out of a text holds that: none outlives its chunk. */
  #few: Map<string, number> | undefined = new Map();
  readonly #others = new Map<unknown, number>();
  #before: number[] = [];

  /** @param seed - Number that all chunks of a run have in common. */
  constructor(seed: number) {
    this.#texts = new KeyTable(seed);
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
      const number = this.#few?.get(key) ?? this.#addText(key);
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
      this.#few?.delete(key as string);
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
    this.#few = this.#texts.size > MOST_FEW ? undefined : new Map();
    this.#texts.clear();
    this.#others.clear();
    this.#before = [];
  }

  /** Finds or adds a text; gives -1 for one that has no form in bytes. */
  #addText(key: string): number {
    const number = this.#texts.add(key);
    if (this.#few === undefined || number < 0) return number;
    if (this.#few.size < MOST_FEW) this.#few.set(key, number);
    else this.#few = undefined;
    return number;
  }
}
