import { FrameDeserializer, FrameSerializer } from '../../wire/frames/serializer.ts';
import type { KeyWords } from '../../wire/keys/key-words.ts';
import { type Packed, packValues, unpackValues } from '../../wire/pack/pack.ts';
import { SizeSampler } from '../../wire/pack/size.ts';

/** Keys with what is held for each, in the order in which they first came. */
export interface Groups extends KeyWords {
  readonly count: number;
  /** Whether the keys are no texts, and are written as such. */
  readonly isOther: boolean;
  /** Number of each key among all of the run; `GIVEN` for one that has left before. */
  readonly places: Float64Array;
  /** The words of the keys as bytes. */
  readonly bytes: Buffer;
  /** Values that are held for the keys; `undefined` where only the keys count. */
  readonly values: ArrayLike<unknown> | undefined;
}

/** Place of a key that has left before, which comes before all other places. */
export const GIVEN = -1;

/** Kinds of groups: which keys they have, and whether they have values. */
export type GroupsKind = Pick<Groups, 'isOther'> & { readonly hasValues: boolean };

/** Bytes in front of each block of groups: four numbers of four bytes. */
const HEAD = 16;
const FEWEST_WORDS = 256;
const FEWEST_GROUPS = 64;

/** The most groups in a block: some milliseconds of work. */
const MOST_GROUPS = 4096;

/** Collects groups until they are a block. */
export class GroupsBuilder {
  /** Number of groups. */
  count = 0;
  readonly #kind: GroupsKind;
  readonly #most: number;
  readonly #sizes = new SizeSampler();
  #words = new Int32Array(FEWEST_WORDS);
  #starts = new Int32Array(FEWEST_GROUPS + 1);
  #hashes = new Int32Array(FEWEST_GROUPS);
  #places = new Float64Array(FEWEST_GROUPS);
  #values: unknown[] = [];
  /** Bytes that the groups take, about. */
  #size = 0;

  /** @param most - Bytes of a block, about. */
  constructor(kind: GroupsKind, most: number) {
    this.#kind = kind;
    this.#most = most;
  }

  /** Adds a group. Returns whether they are a block. */
  add({ words, starts, hashes }: KeyWords, key: number, place: number, value: unknown): boolean {
    const { count } = this;
    const from = starts[key] as number;
    const to = starts[key + 1] as number;
    const start = this.#starts[count] as number;
    const end = start + to - from;
    if (end > this.#words.length) this.#growWords(end);
    if (count === this.#hashes.length) this.#grow();
    for (let at = start, other = from; at < end; at++, other++) this.#words[at] = words[other] as number;
    this.#starts[count + 1] = end;
    this.#hashes[count] = hashes[key] as number;
    this.#places[count] = place;
    this.#size += 4 * (end - start) + HEAD;
    if (this.#kind.hasValues) {
      this.#size += this.#sizes.estimate(value, count);
      this.#values.push(value);
    }
    this.count++;
    return this.count === MOST_GROUPS || this.#size >= this.#most;
  }

  /** Takes all groups, and begins anew. What it gives is valid until a group is added. */
  take(): Groups {
    const { count } = this;
    const words = this.#words.subarray(0, this.#starts[count]);
    const groups: Groups = {
      count,
      isOther: this.#kind.isOther,
      words,
      bytes: Buffer.from(words.buffer, 0, words.byteLength),
      starts: this.#starts.subarray(0, count + 1),
      hashes: this.#hashes.subarray(0, count),
      places: this.#places.subarray(0, count),
      values: this.#kind.hasValues ? this.#values : undefined,
    };
    this.count = this.#size = 0;
    this.#values = [];
    return groups;
  }

  #growWords(least: number): void {
    const larger = new Int32Array(Math.max(least, 2 * this.#words.length));
    larger.set(this.#words);
    this.#words = larger;
  }

  #grow(): void {
    const length = 2 * this.#hashes.length;
    const [starts, hashes, places] = [this.#starts, this.#hashes, this.#places];
    this.#starts = new Int32Array(length + 1);
    this.#hashes = new Int32Array(length);
    this.#places = new Float64Array(length);
    this.#starts.set(starts);
    this.#hashes.set(hashes);
    this.#places.set(places);
  }
}

/**
 * Writes groups as bytes: the four numbers, the places, the starts, the hashes, the keys, the values.
 *
 * @throws DataCloneError for a value that structured clone does not carry, or that threads share.
 */
export function encodeGroups({ count, isOther, bytes, starts, hashes, places, values }: Groups): Buffer {
  const packed = values === undefined ? undefined : encodeValues(values);
  const keys = HEAD + count * 16 + 4;
  const valuesAt = keys + bytes.length;
  const block = Buffer.allocUnsafeSlow(valuesAt + (packed?.length ?? 0));
  new Uint32Array(block.buffer, 0, 4).set([count, bytes.length, packed?.length ?? 0, Number(isOther)]);
  new Float64Array(block.buffer, HEAD, count).set(places);
  new Int32Array(block.buffer, HEAD + count * 8, count + 1).set(starts);
  new Int32Array(block.buffer, HEAD + count * 12 + 4, count).set(hashes);
  block.set(bytes, keys);
  if (packed !== undefined) block.set(packed, valuesAt);
  return block;
}

/** @param block - Bytes at the beginning of their memory, in which what was read stays. */
export function decodeGroups(block: Buffer): Groups {
  const { buffer } = block;
  const [count, length, packed, isOther] = new Uint32Array(buffer, 0, 4) as unknown as number[] as [
    number,
    number,
    number,
    number,
  ];
  const keys = HEAD + count * 16 + 4;
  return {
    count,
    isOther: isOther === 1,
    words: new Int32Array(buffer, keys, length / 4),
    bytes: block.subarray(keys, keys + length),
    starts: new Int32Array(buffer, HEAD + count * 8, count + 1),
    hashes: new Int32Array(buffer, HEAD + count * 12 + 4, count),
    places: new Float64Array(buffer, HEAD, count),
    values: packed === 0 ? undefined : decodeValues(block.subarray(keys + length)),
  };
}

function encodeValues(values: ArrayLike<unknown>): Buffer {
  const serializer = new FrameSerializer();
  serializer.writeValue(packValues(Array.isArray(values) ? values : Array.from(values), new Set()));
  return serializer.releaseBuffer();
}

function decodeValues(bytes: Buffer): ArrayLike<unknown> {
  const deserializer = new FrameDeserializer(bytes);
  deserializer.readHeader();
  return unpackValues(deserializer.readValue() as Packed);
}
