import { type KeyBlock, KeyTable, PARTS } from './key-table.ts';
import type { Keyed } from './keyed.ts';

/** The texts of one part. */
export interface KeyPart {
  readonly table: KeyTable;
  /** For each key of the table, its number among all. */
  readonly numbers: number[];
}

/** Bytes of a number in an array that grows by half, and of a key in a map. */
const NUMBER_BYTES = 12;
const OTHER_BYTES = 80;

type Keys = Pick<Keyed, 'keys' | 'others'>;

/** The keys of all chunks, numbered in the order in which they first came. */
export class KeyIndex {
  /** Number of keys. */
  size = 0;
  // The hashes came with the keys: no key is hashed here.
  readonly parts: readonly KeyPart[] = Array.from({ length: PARTS }, () => ({
    table: new KeyTable(0),
    numbers: [],
  }));
  readonly #others = new Map<unknown, number>();
  #otherBytes = 0;

  /** Numbers of the keys that are no texts. */
  get others(): ReadonlyMap<unknown, number> {
    return this.#others;
  }

  /** Bytes that the keys take, about. */
  get bytes(): number {
    let bytes = this.#otherBytes;
    for (const { table, numbers } of this.parts) bytes += table.bytes + numbers.length * NUMBER_BYTES;
    return bytes;
  }

  /**
   * Gives the number of each key of some chunks, of the texts of a chunk first. Chunks come in input order. The more of
   * them come together the better: all look up what they have of a part while its memory is at hand.
   */
  place(chunks: readonly Keys[]): Int32Array[] {
    const found = chunks.map(({ keys }) => new Int32Array(keys.count));
    for (const [part, { table }] of this.parts.entries()) {
      for (const [at, { keys }] of chunks.entries()) findPart(table, part, keys, found[at] as Int32Array);
    }
    return chunks.map((chunk, at) => this.#number(chunk, found[at] as Int32Array));
  }

  /** Forgets all keys. */
  clear(): void {
    this.size = this.#otherBytes = 0;
    this.#others.clear();
    for (const { table, numbers } of this.parts) {
      table.clear();
      numbers.length = 0;
    }
  }

  /** Lists all keys, in the order of their numbers. */
  list(): unknown[] {
    const keys: unknown[] = Array.from({ length: this.size });
    for (const { table, numbers } of this.parts) {
      for (const [local, number] of numbers.entries()) keys[number] = table.read(local);
    }
    for (const [key, number] of this.#others) keys[number] = key;
    return keys;
  }

  /** Numbers the keys of a chunk among all, given the number of each text in its part, with the part. */
  #number({ keys: { count }, others }: Keys, found: Int32Array): Int32Array {
    const otherKeys = others?.keys ?? [];
    const numbers = new Int32Array(count + otherKeys.length);
    let other = 0;
    for (let key = 0; key <= count; key++) {
      while (other < otherKeys.length && (others?.before[other] as number) <= key) {
        numbers[count + other] = this.#placeOther(otherKeys[other]);
        other++;
      }
      if (key === count) break;
      const place = found[key] as number;
      const part = this.parts[place % PARTS] as KeyPart;
      const local = Math.trunc(place / PARTS);
      // The keys of a part that are new came in this order, so that they are numbered in it.
      if (local === part.numbers.length) part.numbers.push(this.size++);
      numbers[key] = part.numbers[local] as number;
    }
    return numbers;
  }

  #placeOther(key: unknown): number {
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    this.#others.set(key, this.size);
    this.#otherBytes += OTHER_BYTES + (typeof key === 'string' ? 2 * key.length : 0);
    return this.size++;
  }
}

/** Finds or adds what a chunk has of a part. Notes the number of each text in the part, with the part. */
function findPart(table: KeyTable, part: number, keys: KeyBlock, found: Int32Array): void {
  const { ends, numbers } = keys;
  const end = ends[part] as number;
  for (let at = part === 0 ? 0 : (ends[part - 1] as number); at < end; at++) {
    found[numbers[at] as number] = table.addFrom(keys, at) * PARTS + part;
  }
}
