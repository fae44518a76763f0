import { takeMerged } from '../../options/arguments.ts';
import { KeyTable } from '../../wire/keys/key-table.ts';
import { BlockWriter, findPart, LAST_LEVEL, PARTS } from './block-writer.ts';
import { GIVEN, type Groups, type GroupsKind } from './groups.ts';
import { readInOrder } from './read-in-order.ts';
import type { Block, SpillStore } from './spill-store.ts';

/** Rules by which a run holds and merges what it has for each key. */
export interface SpillPlan {
  readonly store: SpillStore;
  /** Bytes that may be held in memory, about. */
  readonly memory: number;
  /** Bytes of a block, about: with one of each part in memory, that is a small part of it. */
  readonly blockBytes: number;
  readonly hasValues: boolean;
  readonly merge: (before: unknown, after: unknown) => unknown;
}

/** Bytes that a group takes in memory beside those that it has in its block. */
const GROUP_BYTES = 32;

/** Makes of the blocks of one part, in which a key may stand several times, blocks with each key once, in their order. */
export class PartSorter {
  readonly #plan: SpillPlan;
  readonly #kind: GroupsKind;

  constructor(plan: SpillPlan, isOther: boolean) {
    this.#plan = plan;
    this.#kind = { isOther, hasValues: plan.hasValues };
  }

  /** @param level - Level on which the part would be divided, where it is too large to be held. */
  async sort(blocks: readonly Block[], level: number): Promise<Block[]> {
    if (level > LAST_LEVEL || this.#fits(blocks)) return await this.#merge(blocks);
    const sorted: Block[][] = [];
    for (const part of await this.#divide(blocks, level)) {
      if (part.length > 0) sorted.push(await this.sort(part, level + 1));
    }
    const writer = this.#makeWriter();
    for await (const { first, groups, ats } of readInOrder(this.#plan.store, sorted)) {
      for (let slot = 0; slot < groups.length; slot++) {
        const found = groups[slot];
        if (found === undefined) continue;
        const at = ats[slot] as number;
        const writing = writer.add(found, at, first + slot, found.values?.[at]);
        if (writing !== undefined) await writing;
      }
    }
    return await writer.end();
  }

  #fits(blocks: readonly Block[]): boolean {
    let bytes = 0;
    for (const block of blocks) bytes += 2 * block.bytes + GROUP_BYTES * block.count;
    return bytes <= this.#plan.memory / 2;
  }

  /** Merges all that there is of a part: blocks come in the order of the input. */
  async #merge(blocks: readonly Block[]): Promise<Block[]> {
    const { store, merge, hasValues } = this.#plan;
    const table = new KeyTable(0);
    const places: number[] = [];
    const values: unknown[] = [];
    for (const block of blocks) {
      const groups = await store.read(block);
      for (let at = 0; at < groups.count; at++) {
        const number = table.addFrom(groups, at);
        const value = groups.values?.[at];
        if (number === places.length) {
          places.push(groups.places[at] as number);
          if (hasValues) values.push(value);
        } else if (hasValues) values[number] = takeMerged(merge(values[number], value));
      }
    }
    return await this.#write(table, places, values);
  }

  async #write(table: KeyTable, places: readonly number[], values: readonly unknown[]): Promise<Block[]> {
    const writer = this.#makeWriter();
    const { keys, size } = table;
    for (let key = 0; key < size; key++) {
      const place = places[key] as number;
      if (place === GIVEN) continue;
      const writing = writer.add(keys, key, place, values[key]);
      if (writing !== undefined) await writing;
    }
    return await writer.end();
  }

  async #divide(blocks: readonly Block[], level: number): Promise<Block[][]> {
    const writers = Array.from({ length: PARTS }, () => this.#makeWriter());
    for (const block of blocks) {
      const groups: Groups = await this.#plan.store.read(block);
      for (let at = 0; at < groups.count; at++) {
        const writer = writers[findPart(groups.hashes[at] as number, level)] as BlockWriter;
        const writing = writer.add(groups, at, groups.places[at] as number, groups.values?.[at]);
        if (writing !== undefined) await writing;
      }
    }
    const parts: Block[][] = [];
    for (const writer of writers) parts.push(await writer.end());
    return parts;
  }

  #makeWriter(): BlockWriter {
    const { store, blockBytes } = this.#plan;
    return new BlockWriter(store, this.#kind, blockBytes);
  }
}
