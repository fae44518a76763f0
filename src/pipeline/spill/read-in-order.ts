import { GIVEN, type Groups } from './groups.ts';
import type { Block, SpillStore } from './spill-store.ts';

/** A window over places that follow one another: for each place, the groups that its group is among, and its number there. */
export interface PlaceWindow {
  readonly first: number;
  /** `undefined` at a place that no group has. */
  readonly groups: readonly (Groups | undefined)[];
  readonly ats: Int32Array;
}

/** Places that are looked at together. */
const WINDOW = 4096;

/**
 * Reads groups in the order of their places from several sequences, each of which is in that order. Each place is that
 * of one group at most. A block of each sequence is held.
 */
export async function* readInOrder(
  store: SpillStore,
  sequences: readonly (readonly Block[])[],
): AsyncGenerator<PlaceWindow, void, undefined> {
  const cursors = sequences.map((blocks) => new Cursor(store, blocks));
  for (const cursor of cursors) await cursor.turn();
  for (;;) {
    const first = Math.min(...cursors.map(({ place }) => place));
    if (first === Infinity) return;
    const groups: (Groups | undefined)[] = Array.from({ length: WINDOW });
    const ats = new Int32Array(WINDOW);
    for (const cursor of cursors) {
      while (!cursor.fill(first, groups, ats)) await cursor.turn();
    }
    yield { first, groups, ats };
  }
}

class Cursor {
  /** Place of the next group; `Infinity` at the end. */
  place: number = GIVEN;
  readonly #store: SpillStore;
  readonly #blocks: readonly Block[];
  #next = 0;
  #groups: Groups | undefined;
  #at = 0;

  constructor(store: SpillStore, blocks: readonly Block[]) {
    this.#store = store;
    this.#blocks = blocks;
  }

  /** Goes to the next block. */
  async turn(): Promise<void> {
    const block = this.#blocks[this.#next++];
    this.#groups = block === undefined ? undefined : await this.#store.read(block);
    this.#at = 0;
    this.place = this.#groups?.places[0] ?? Infinity;
  }

  /** Hands over the groups of a window. Returns false where the next block may have more of them. */
  fill(first: number, groups: (Groups | undefined)[], ats: Int32Array): boolean {
    const own = this.#groups;
    if (own === undefined) return true;
    const { places, count } = own;
    let at = this.#at;
    for (; at < count; at++) {
      const slot = (places[at] as number) - first;
      if (slot >= WINDOW) break;
      groups[slot] = own;
      ats[slot] = at;
    }
    this.#at = at;
    if (at < count) this.place = places[at] as number;
    return at < count;
  }
}
