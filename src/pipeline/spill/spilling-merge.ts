import { KeyTable } from '../../wire/keys/key-table.ts';
import { type KeyWords, readKey } from '../../wire/keys/key-words.ts';
import type { Page } from '../flows/flow.ts';
import { GroupMerge, type KeyedMerge } from '../flows/keyed-merge.ts';
import { BlockWriter, findPart, PARTS } from './block-writer.ts';
import { GIVEN } from './groups.ts';
import { describeOther, readOther } from './other-keys.ts';
import { PartSorter, type SpillPlan } from './part-sorter.ts';
import { readInOrder, type PlaceWindow } from './read-in-order.ts';
import type { Block } from './spill-store.ts';

/** Plan of a merge, with what it begins with, and what it makes of a group in the end. */
export interface SpillingPlan extends SpillPlan {
  readonly first: KeyedMerge;
  readonly give: (key: unknown, value: unknown) => unknown;
  /** Whether `give` asks for the key. */
  readonly hasKeys: boolean;
}

/**
 * Merges by key, and writes what it holds to a file, part by part of the hashes, whenever that is more than the memory it
 * may take. In the end each part fits the memory, and what came of the parts is read side by side, by its places.
 */
export class SpillingMerge {
  readonly #plan: SpillingPlan;
  #held: KeyedMerge;
  /** Blocks of each part: of the texts, and behind these of the other keys. */
  readonly #parts: readonly Block[][] = Array.from({ length: 2 * PARTS }, () => []);
  /** Number of keys that were written, where a key counts as often as it was. */
  #written = 0;

  constructor(plan: SpillingPlan) {
    this.#plan = plan;
    this.#held = plan.first;
  }

  add(state: unknown): Page | Promise<Page> {
    const page = this.#held.add(state);
    const { memory } = this.#plan;
    if (this.#held.bytes <= memory) return page;
    const settled = this.#held.settle();
    const all =
      settled.length === 0
        ? page
        : page.length === 0
          ? settled
          : [...Array.from(page), ...Array.from(settled)];
    return this.#held.bytes <= memory / 2 ? all : this.#spill().then(() => all);
  }

  async *rest(): AsyncGenerator<Page, void, undefined> {
    if (this.#written === 0) {
      yield* this.#held.rest();
      return;
    }
    this.#held.settle();
    await this.#spill();
    const { store } = this.#plan;
    const sequences: Block[][] = [];
    for (const [part, blocks] of this.#parts.entries()) {
      if (blocks.length === 0) continue;
      sequences.push(await new PartSorter(this.#plan, part >= PARTS).sort(blocks, 1));
    }
    for await (const window of readInOrder(store, sequences)) yield this.#read(window);
  }

  /** Writes all that is held to the file. */
  async #spill(): Promise<void> {
    const held = this.#held;
    const { keys } = held;
    for (const [part, { table, numbers }] of keys.parts.entries()) {
      if (numbers.length > 0) await this.#write(table.keys, numbers, () => part, false);
    }
    if (keys.others.size > 0) await this.#writeOthers(keys.others);
    this.#written += keys.size;
    held.clear();
    if (held.states === undefined) this.#held = new GroupMerge(this.#plan.merge);
  }

  async #writeOthers(others: ReadonlyMap<unknown, number>): Promise<void> {
    // The seed is the same for all that the parts have of a key.
    const table = new KeyTable(0);
    const numbers: number[] = [];
    for (const [key, number] of others) {
      table.add(describeOther(key));
      numbers.push(number);
    }
    const { keys } = table;
    await this.#write(keys, numbers, (key) => PARTS + findPart(keys.hashes[key] as number, 0), true);
  }

  /** Writes keys with what is held for them, given the number of each among all, and the part that it is in. */
  async #write(
    keys: KeyWords,
    numbers: readonly number[],
    partOf: (key: number) => number,
    isOther: boolean,
  ): Promise<void> {
    const { store, hasValues, blockBytes } = this.#plan;
    const { states } = this.#held;
    const writers = new Map<number, BlockWriter>();
    for (let key = 0; key < numbers.length; key++) {
      const number = numbers[key] as number;
      const part = partOf(key);
      let writer = writers.get(part);
      if (writer === undefined) {
        writer = new BlockWriter(store, { isOther, hasValues }, blockBytes);
        writers.set(part, writer);
      }
      const place = states === undefined ? GIVEN : this.#written + number;
      const writing = writer.add(keys, key, place, states?.[number]);
      if (writing !== undefined) await writing;
    }
    for (const [part, writer] of writers) (this.#parts[part] as Block[]).push(...(await writer.end()));
  }

  #read({ groups, ats }: PlaceWindow): Page {
    const { give, hasKeys } = this.#plan;
    const page: unknown[] = [];
    for (let slot = 0; slot < groups.length; slot++) {
      const found = groups[slot];
      if (found === undefined) continue;
      const at = ats[slot] as number;
      const key = hasKeys ? readGroupKey(found, at) : undefined;
      page.push(give(key, found.values?.[at]));
    }
    return page;
  }
}

function readGroupKey(
  { bytes, starts, isOther }: NonNullable<PlaceWindow['groups'][number]>,
  at: number,
): unknown {
  const text = readKey(bytes, starts, at);
  return isOther ? readOther(text) : text;
}
