/**
 * The kinds of cells, and with them the layout of values in shared memory. Everything begins at a *place*,
 * a multiple of 8 bytes. A *cell* of 8 bytes is a number as JavaScript has it, or, in the bit patterns that no number
 * has, a tag and the place of what it refers to.
 *
 * | block   | its two first words        | then                                                            |
 * | ------- | -------------------------- | --------------------------------------------------------------- |
 * | text    | length, whether it is wide | its characters, of 1 or 2 bytes, filled up with zeros           |
 * | bigint  | as text                    | its decimal digits                                              |
 * | array   | length                     | a cell for each element                                         |
 * | shape   | count                      | a cell for each key                                             |
 * | object  | place of its shape         | a cell for each value                                           |
 * | map     | size, number of slots      | slots; for each key its cell, that of its value, its text       |
 * | set     | size, number of slots      | slots; for each value its cell, its text                        |
 * | view    | class, length              | its elements                                                    |
 * | date    | –                          | its time, as a number                                           |
 *
 * A slot of a hash table is two words: the hash of a key, and how many places behind the table its cell is, or 0 where
 * the slot is free. The text of a key follows its cells, so that a look-up finds all of them in memory at hand; in a
 * small table it may stand elsewhere, where it was written before.
 */
export const Tag = {
  CONSTANT: 1,
  TEXT: 2,
  BIGINT: 3,
  ARRAY: 4,
  OBJECT: 5,
  MAP: 6,
  SET: 7,
  VIEW: 8,
  DATE: 9,
} as const;

/** Values that a cell with the tag `CONSTANT` stands for, by the word beside its tag. */
export const constants: readonly unknown[] = [undefined, null, false, true];

/** The upper word of cells that are no numbers begins here: numbers that are not a number are stored as one pattern. */
export const FIRST_TAGGED = 0xff_f9_00_00;

/** Position of the upper one of the two words of a cell, on this machine. */
export const HIGH: 0 | 1 = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
export const LOW: 0 | 1 = HIGH === 1 ? 0 : 1;

export const PLACE_BYTES = 8;

/** A class of typed arrays. */
export type ViewType = new (
  memory: ArrayBufferLike,
  offset?: number,
  length?: number,
) => ArrayBufferView & { readonly length: number };

/** The classes of views, by the number that stands for each in memory. */
export const viewTypes: readonly ViewType[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** Returns the number of slots for `size` keys: a power of two, of which at most two thirds are taken. */
export function countSlots(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size * 1.5)));
}
