import { isSharedArrayBuffer } from 'node:util/types';
import { describeValue } from '../errors/describe.ts';
import { findSeal } from './seal/seal.ts';
import { viewTypes } from './memory/layout.ts';
import { openData } from './read/open-data.ts';
import type { SharedMap } from './read/shared-map.ts';
import type { SharedSet } from './read/shared-set.ts';
import { SharedText, type TextUnits } from './read/shared-text.ts';
import { isWideText, writeValue } from './write/write-value.ts';

type Plain = string | number | bigint | boolean | null | undefined | Date | ArrayBufferView;

/** The result of `share(value)`: it reads as the value does, and cannot be written. A text is a `SharedText`. */
export type Shared<T> = T extends string ? SharedText : SharedPart<T>;

/** A part within a shared value. */
export type SharedPart<T> = T extends Plain
  ? T
  : T extends ReadonlyMap<infer Key, infer Value>
    ? SharedMap<Key, SharedPart<Value>>
    : T extends ReadonlySet<infer Value>
      ? SharedSet<Value>
      : { readonly [Key in keyof T]: SharedPart<T[Key]> };

/**
 * Copies a large value into shared memory, once: tasks that use it, as a captured variable or as a part of an item,
 * read it there, however many workers there are.
 *
 * Takes numbers, strings, dates, typed arrays, and arrays, objects, Maps and Sets of them (with keys that are strings
 * or numbers); refuses everything else with a `TypeError` that names its place. The result reads as the original does:
 * arrays are arrays, objects are frozen, Maps and Sets have all that reads them, a text has pieces. Typed arrays are
 * typed arrays on shared memory, which nothing protects from being written to; one that lies there already is given
 * back as it is.
 *
 * Cost: a pass over the value (0.25 µs for each word of a dictionary, and about 45 bytes). Then 0.14 µs for each element
 * or object that is read, 0.25 µs for a key among a million, and of a typed array nothing.
 *
 * @example
 * ```ts
 * const words = share(new Set(await readWords()));
 * const unknown = await parallelMap(texts, (text) => text.split(' ').filter((word) => !words.has(word)));
 * ```
 */
export function share<T>(value: T): Shared<T> {
  return shareAny(value) as Shared<T>;
}

function shareAny(value: unknown): unknown {
  if (typeof value === 'string') return shareText(value);
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(
      `share() takes plain data, got ${describeValue(value)}: tasks capture functions as they are.`,
    );
  }
  if (typeof value !== 'object' || value === null || findSeal(value) !== undefined) return value;
  return ArrayBuffer.isView(value) ? shareView(value) : openData(write(value), 0);
}

/** Writes a value into shared memory, level by level: as deep as the stack carries. */
function write(value: object): SharedArrayBuffer {
  try {
    return writeValue(value);
  } catch (cause) {
    if (!(cause instanceof RangeError) || cause.message !== 'Maximum call stack size exceeded') throw cause;
    throw new TypeError(
      'share() got a value that is nested too deep: flatten it, into a list whose parts name one another by their position.',
      { cause },
    );
  }
}

function shareText(text: string): SharedText {
  const units: TextUnits = isWideText(text)
    ? new Uint16Array(new SharedArrayBuffer(2 * text.length))
    : new Uint8Array(new SharedArrayBuffer(text.length));
  const bytes = Buffer.from(units.buffer);
  bytes.write(text, units.BYTES_PER_ELEMENT === 1 ? 'latin1' : 'utf16le');
  return new SharedText(units);
}

function shareView(view: ArrayBufferView): unknown {
  const { buffer, byteOffset, byteLength } = view;
  if (isSharedArrayBuffer(buffer)) return view;
  const Type = viewTypes.find((known) => view instanceof known);
  if (Type === undefined) throw new TypeError(`share() takes typed arrays, got ${describeValue(view)}.`);
  const memory = new SharedArrayBuffer(byteLength);
  new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
  return Buffer.isBuffer(view) ? Buffer.from(memory) : new Type(memory);
}
