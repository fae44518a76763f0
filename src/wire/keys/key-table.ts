import { bytesOf, FILL, hashWords, type KeyWords, readKey } from './key-words.ts';

/**
 * Keys sorted by the part of the hashes that they belong to: whoever looks them up reads them in turn, while the memory
 * of a part is at hand. Plain data, which is transferred.
 */
export interface KeyBlock extends KeyWords {
  readonly count: number;
  /** Number of each key, in the order in which they first came. */
  readonly numbers: Int32Array;
  /** For each part, the place in the block behind its last key. */
  readonly ends: Int32Array;
}

/** Number of parts, by the upper bits of the hash. */
export const PARTS = 64;
const PART_SHIFT = 26;

const FEWEST_CELLS = 64;
const WORDS_FOR_KEY = 4;
/** Bytes of the places and numbers of a key: arrays are three quarters full, about, and places a third. */
const KEY_BYTES = 24;

/**
 * A set of texts that are held as bytes and numbered in the order in which they came: open addressing over typed arrays,
 * with no object for a key. A set of strings takes twice the time and three times the memory, since each string that was
 * cut out of a text holds all of that text. Keys are hashed, compared and copied four bytes at a time.
 */
export class KeyTable {
  /** Number of keys. */
  size = 0;
  readonly #seed: number;
  /** For each place, the number of the key there, from 1. */
  #cells = new Int32Array(FEWEST_CELLS);
  #hashes = new Int32Array(FEWEST_CELLS / 2);
  #starts = new Int32Array(FEWEST_CELLS / 2 + 1);
  #words = new Int32Array((FEWEST_CELLS / 2) * WORDS_FOR_KEY);
  #bytes = bytesOf(this.#words);

  /**
   * @param seed - Number that all tables of a run have in common, whose hashes meet; another one for each run, so that
   *   nobody can choose keys that fall on one place.
   */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Finds or adds a text; returns its number, or -1 for one with no form in UTF-8, which two texts would share. */
  add(key: string): number {
    const from = this.#starts[this.size] as number;
    // A character takes at most three bytes, and a pair of surrogates four.
    const most = from + ((key.length * 3) >>> 2) + 1;
    if (most > this.#words.length) this.#growWords(most);
    const bytes = this.#bytes;
    let at = from * 4;
    const length = bytes.utf8Write(key, at);
    if (length !== key.length && !isWellFormed(key)) return -1;
    at += length;
    while ((at & 3) !== 0) bytes[at++] = FILL;
    const to = at >>> 2;
    const hash = hashWords(this.#words, from, to, this.#seed);
    const found = this.#find(hash, this.#words, from, to);
    return found < 0 ? this.#append(~found, hash, to) : found;
  }

  /** Bytes that the keys take, about. Memory that is there for more of them does not count. */
  get bytes(): number {
    return 6 * (this.#starts[this.size] as number) + this.size * KEY_BYTES;
  }

  /** The keys as they stand here, by their numbers: valid until another is added. */
  get keys(): KeyWords {
    return { words: this.#words, starts: this.#starts, hashes: this.#hashes };
  }

  /** Finds or adds a key of a block, whose hash is known; returns its number. */
  addFrom(block: KeyWords, key: number): number {
    const from = block.starts[key] as number;
    const to = block.starts[key + 1] as number;
    const hash = block.hashes[key] as number;
    const found = this.#find(hash, block.words, from, to);
    if (found >= 0) return found;
    const start = this.#starts[this.size] as number;
    const end = start + to - from;
    if (end > this.#words.length) this.#growWords(end);
    for (let at = start, other = from; at < end; at++, other++) {
      this.#words[at] = block.words[other] as number;
    }
    return this.#append(~found, hash, end);
  }

  /** Takes back the key that was added last, before any other is. */
  removeLast(): void {
    const cells = this.#cells;
    const mask = cells.length - 1;
    let place = (this.#hashes[this.size - 1] as number) & mask;
    while (cells[place] !== this.size) place = (place + 1) & mask;
    // Nothing was placed behind it, so that no search goes through its place.
    cells[place] = 0;
    this.size--;
  }

  /** Reads a key, given its number. */
  read(key: number): string {
    return readKey(this.#bytes, this.#starts, key);
  }

  /** Copies all keys. */
  copy(): KeyBlock {
    const { size } = this;
    const own = this.#words;
    const words = new Int32Array(this.#starts[size] as number);
    const starts = new Int32Array(size + 1);
    const hashes = new Int32Array(size);
    const { numbers, ends } = this.#sort();
    let end = 0;
    for (let at = 0; at < size; at++) {
      const key = numbers[at] as number;
      hashes[at] = this.#hashes[key] as number;
      const to = this.#starts[key + 1] as number;
      for (let from = this.#starts[key] as number; from < to; from++) words[end++] = own[from] as number;
      starts[at + 1] = end;
    }
    return { count: size, words, starts, hashes, numbers, ends };
  }

  /** Forgets all keys. Memory that was used to less than an eighth is given back. */
  clear(): void {
    if (this.#cells.length > FEWEST_CELLS && this.size * 16 < this.#cells.length) {
      this.#cells = new Int32Array(FEWEST_CELLS);
      this.#hashes = new Int32Array(FEWEST_CELLS / 2);
      this.#starts = new Int32Array(FEWEST_CELLS / 2 + 1);
      this.#openWords(new Int32Array((FEWEST_CELLS / 2) * WORDS_FOR_KEY));
    } else this.#cells.fill(0);
    this.size = 0;
  }

  /** Sorts the numbers of the keys by their parts; those of one part stay in their order. */
  #sort(): Pick<KeyBlock, 'numbers' | 'ends'> {
    const numbers = new Int32Array(this.size);
    const ends = new Int32Array(PARTS);
    const hashes = this.#hashes;
    for (let key = 0; key < this.size; key++) {
      const part = (hashes[key] as number) >>> PART_SHIFT;
      ends[part] = (ends[part] as number) + 1;
    }
    let sum = 0;
    for (let part = 0; part < PARTS; part++) {
      sum += ends[part] as number;
      ends[part] = sum - (ends[part] as number);
    }
    for (let key = 0; key < this.size; key++) {
      const part = (hashes[key] as number) >>> PART_SHIFT;
      const at = ends[part] as number;
      numbers[at] = key;
      ends[part] = at + 1;
    }
    return { numbers, ends };
  }

  /** Finds the number of a key; where there is none, the place for it, as `~place`. */
  #find(hash: number, words: Int32Array, from: number, to: number): number {
    const cells = this.#cells;
    const own = this.#words;
    const mask = cells.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const key = (cells[place] as number) - 1;
      if (key < 0) return ~place;
      if (this.#hashes[key] !== hash) continue;
      const start = this.#starts[key] as number;
      if ((this.#starts[key + 1] as number) - start !== to - from) continue;
      let at = from;
      while (at < to && own[start + at - from] === words[at]) at++;
      if (at === to) return key;
    }
  }

  /** Adds the key whose words stand behind the last one, up to `end`. */
  #append(place: number, hash: number, end: number): number {
    const key = this.size++;
    this.#cells[place] = key + 1;
    this.#hashes[key] = hash;
    this.#starts[key + 1] = end;
    // The table stays half empty, so that a search ends soon.
    if (this.size * 2 >= this.#cells.length) this.#growCells();
    return key;
  }

  #growCells(): void {
    const length = this.#cells.length * 2;
    const cells = new Int32Array(length);
    const mask = length - 1;
    for (let key = 0; key < this.size; key++) {
      let place = (this.#hashes[key] as number) & mask;
      while (cells[place] !== 0) place = (place + 1) & mask;
      cells[place] = key + 1;
    }
    this.#cells = cells;
    this.#hashes = extend(this.#hashes, length / 2);
    this.#starts = extend(this.#starts, length / 2 + 1);
  }

  #growWords(least: number): void {
    this.#openWords(extend(this.#words, Math.max(least, 2 * this.#words.length)));
  }

  #openWords(words: Int32Array<ArrayBuffer>): void {
    this.#words = words;
    this.#bytes = bytesOf(words);
  }
}

function extend(numbers: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(numbers);
  return longer;
}

function isWellFormed(text: string): boolean {
  // Node has `isWellFormed` from 20 on, the library of types from ES2024.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
