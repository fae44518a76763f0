import { FIRST_TAGGED, HIGH, LOW, PLACE_BYTES, Tag } from './layout.ts';
import type { Memory } from './memory.ts';
import { hashWords, TextWords } from './text-words.ts';

/** Scratch memory into which a look-up writes a text, or a number to see its two words. */
const asked = new TextWords();
const number = new Float64Array(1);
const numberWords = new Uint32Array(number.buffer);

/** Upper word of a cell that is a text. */
const TEXT = FIRST_TAGGED + Tag.TEXT;

/** Finds the cell of the next key, given that of a key, and how many each has. The text of the key may stand between. */
export function findNextKey(all: Uint32Array, cell: number, cells: number): number {
  const next = cell + cells;
  if (all[cell * 2 + LOW] !== next || all[cell * 2 + HIGH] !== TEXT) return next;
  const length = all[next * 2] as number;
  const bytes = all[next * 2 + 1] === 0 ? length : 2 * length;
  return next + 1 + Math.ceil(bytes / PLACE_BYTES);
}

/** A hash table over bytes in shared memory, which nothing changes. */
export class Table {
  readonly memory: Memory;
  readonly size: number;
  readonly #place: number;
  readonly #mask: number;
  /** Number of cells of a key. */
  readonly #cells: number;

  constructor(memory: Memory, place: number, isMap: boolean) {
    this.memory = memory;
    this.size = memory.words[place * 2] as number;
    this.#place = place;
    this.#mask = (memory.words[place * 2 + 1] as number) - 1;
    this.#cells = isMap ? 2 : 1;
  }

  /** Finds the cell of a key; -1 when there is none. The cell of its value follows. */
  find(key: unknown): number {
    if (typeof key === 'string') return this.#findText(key);
    return typeof key === 'number' ? this.#findNumber(key) : -1;
  }

  readKey(cell: number): string | number {
    const { memory } = this;
    const isText = memory.readTag(cell) === Tag.TEXT;
    return isText ? memory.readText(memory.readPlace(cell)) : (memory.numbers[cell] as number);
  }

  /** Lists what is read of each key, given its cell, in their order. */
  *list<Read>(read: (cell: number) => Read): Generator<Read, undefined> {
    const { words } = this.memory;
    const slots = this.#mask + 1;
    let cell = this.#place + 1 + slots;
    for (let left = this.size; left > 0; left--) {
      yield read(cell);
      cell = findNextKey(words, cell, this.#cells);
    }
  }

  #findText(text: string): number {
    asked.set(text);
    const hash = asked.hash();
    const { memory } = this;
    const all = memory.words;
    const slots = this.#place + 1;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = (slots + slot) * 2;
      const distance = all[at + 1] as number;
      if (distance === 0) return -1;
      if (all[at] !== hash) continue;
      const cell = this.#place + distance;
      if (memory.readTag(cell) === Tag.TEXT && asked.isAt(all, memory.readPlace(cell) * 2)) return cell;
    }
  }

  #findNumber(value: number): number {
    // Keys are equal as in a Map: -0 is 0, and NaN is NaN.
    number[0] = value === 0 ? 0 : value;
    if (Number.isNaN(value)) {
      numberWords[LOW] = 0;
      numberWords[HIGH] = FIRST_TAGGED;
    }
    const first = numberWords[0];
    const second = numberWords[1];
    const hash = hashWords(numberWords, 0, 2);
    const all = this.memory.words;
    const slots = this.#place + 1;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = (slots + slot) * 2;
      const distance = all[at + 1] as number;
      if (distance === 0) return -1;
      const cell = this.#place + distance;
      if (all[at] === hash && all[cell * 2] === first && all[cell * 2 + 1] === second) return cell;
    }
  }
}
