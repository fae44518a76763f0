import type { KeyWords } from '../../wire/keys/key-words.ts';
import { GroupsBuilder, type GroupsKind } from './groups.ts';
import type { Block, SpillStore } from './spill-store.ts';

/** Parts that a set of keys is divided into, by six bits of their hashes, from the upper ones on. */
export const PARTS = 64;
const PART_BITS = 6;
const HASH_BITS = 32;
/** The last level on which a hash has bits left to divide by. */
export const LAST_LEVEL = 4;
/** Tells in which part a key is, at a level. */
export function findPart(hash: number, level: number): number {
  return (hash >>> (HASH_BITS - PART_BITS * (level + 1))) & (PARTS - 1);
}

/** Writes groups, in their order, as blocks. */
export class BlockWriter {
  readonly #blocks: Block[] = [];
  readonly #store: SpillStore;
  readonly #builder: GroupsBuilder;

  /** @param most - Bytes of a block, about. */
  constructor(store: SpillStore, kind: GroupsKind, most: number) {
    this.#store = store;
    this.#builder = new GroupsBuilder(kind, most);
  }

  /** Adds a group. Gives a promise where a block is complete, before the next is added. */
  add(keys: KeyWords, key: number, place: number, value: unknown): Promise<void> | undefined {
    return this.#builder.add(keys, key, place, value) ? this.#write() : undefined;
  }

  async end(): Promise<Block[]> {
    if (this.#builder.count > 0) await this.#write();
    return this.#blocks;
  }

  async #write(): Promise<void> {
    this.#blocks.push(await this.#store.write(this.#builder.take()));
  }
}
