import * as types from 'node:util/types';
import { describeValue } from '../../errors/describe.ts';
import { Builder } from './builder.ts';
import { KnownTexts } from './known-texts.ts';
import { findNextKey } from '../memory/table.ts';
import { hashText, hashWords } from '../memory/text-words.ts';
import { constants, countSlots, PLACE_BYTES, Tag, viewTypes } from '../memory/layout.ts';

/** Length up to which texts are written once where they occur often. */
const LONGEST_KNOWN = 64;
/** Keys up to which a table has no text again that was written before: in a larger one each is found beside its key. */
const FEW_KEYS = 256;

/** Writes a value, with all that it holds, into new shared memory; its first cell is the value. */
export function writeValue(value: object): SharedArrayBuffer {
  return new Writer().write(value);
}

/** Returns whether a text has a character beyond U+00FF. Cheaper than a regular expression, for short texts. */
export function isWideText(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return true;
  return false;
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, at) => key === others[at]);
}

class Writer {
  readonly #builder = new Builder();
  /** Places of objects that were met already: an object may occur again, also within itself. */
  readonly #known = new Map<object, { readonly tag: number; readonly place: number }>();
  readonly #texts = new KnownTexts();
  readonly #shapes = new Map<string, number>();
  /** The keys of the object before: most are alike, and to name their shape takes longer than to compare it. */
  #lastShape: { readonly keys: readonly string[]; readonly place: number } | undefined;
  readonly #trail: (string | number)[] = [];

  write(value: object): SharedArrayBuffer {
    this.#writeCell(this.#builder.allocate(PLACE_BYTES), value);
    return this.#builder.finish();
  }

  #writeCell(cell: number, value: unknown): void {
    const builder = this.#builder;
    switch (typeof value) {
      case 'number':
        return builder.setNumber(cell, value);
      case 'string':
        return builder.setTagged(cell, Tag.TEXT, this.#writeText(value));
      case 'bigint':
        return builder.setTagged(cell, Tag.BIGINT, this.#writeText(String(value)));
      case 'undefined':
      case 'boolean':
        return builder.setTagged(cell, Tag.CONSTANT, constants.indexOf(value));
      case 'object': {
        if (value === null) return builder.setTagged(cell, Tag.CONSTANT, constants.indexOf(null));
        const { tag, place } = this.#known.get(value) ?? this.#writeObject(value);
        return builder.setTagged(cell, tag, place);
      }
      default:
        throw this.#refuse(value);
    }
  }

  #writeObject(value: object): { readonly tag: number; readonly place: number } {
    if (Array.isArray(value)) return this.#writeArray(value);
    if (types.isMap(value)) return this.#writeTable(value, Tag.MAP);
    if (types.isSet(value)) return this.#writeTable(value, Tag.SET);
    if (ArrayBuffer.isView(value)) return this.#writeView(value);
    if (types.isDate(value)) {
      const place = this.#open(value, Tag.DATE, PLACE_BYTES);
      this.#builder.setNumber(place.place, value.getTime());
      return place;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw this.#refuse(value);
    return this.#writeFields(value);
  }

  #writeArray(array: readonly unknown[]): { readonly tag: number; readonly place: number } {
    const own = this.#open(array, Tag.ARRAY, PLACE_BYTES * (1 + array.length));
    this.#builder.setWords(own.place, array.length, 0);
    for (let at = 0; at < array.length; at++) this.#writePart(own.place + 1 + at, array[at], at);
    return own;
  }

  #writeFields(object: object): { readonly tag: number; readonly place: number } {
    const keys = Object.keys(object);
    const shape = this.#writeShape(keys);
    const own = this.#open(object, Tag.OBJECT, PLACE_BYTES * (1 + keys.length));
    this.#builder.setWords(own.place, shape, 0);
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      this.#writePart(own.place + 1 + at, (object as Record<string, unknown>)[key], key);
    }
    return own;
  }

  #writeShape(keys: readonly string[]): number {
    const last = this.#lastShape;
    if (last !== undefined && areEqual(last.keys, keys)) return last.place;
    const name = JSON.stringify(keys);
    let place = this.#shapes.get(name);
    if (place === undefined) {
      place = this.#builder.allocate(PLACE_BYTES * (1 + keys.length));
      this.#builder.setWords(place, keys.length, 0);
      for (const [at, key] of keys.entries()) this.#writeCell(place + 1 + at, key);
      this.#shapes.set(name, place);
    }
    this.#lastShape = { keys, place };
    return place;
  }

  #writeTable(
    table: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
    tag: typeof Tag.MAP | typeof Tag.SET,
  ): { readonly tag: number; readonly place: number } {
    const builder = this.#builder;
    const { size } = table;
    const slots = countSlots(size);
    const own = this.#open(table, tag, PLACE_BYTES * (1 + slots));
    builder.setWords(own.place, size, slots);
    const cells = tag === Tag.MAP ? 2 : 1;
    const first = builder.end;
    let left = size;
    for (const key of table.keys()) {
      if (typeof key !== 'string' && typeof key !== 'number') throw this.#refuse(key);
      const cell = builder.allocate(PLACE_BYTES * cells);
      builder.fillSlot(own.place, slots, this.#writeKey(cell, key, size > FEW_KEYS), cell);
      // The others will take as much, about.
      if (--left === size - FEW_KEYS)
        builder.reserve(Math.ceil(((builder.end - first) / FEW_KEYS) * left * 1.1));
    }
    if (tag === Tag.SET) return own;
    let cell = first;
    (table as ReadonlyMap<string | number, unknown>).forEach((value, key) => {
      this.#writePart(cell + 1, value, key);
      cell = findNextKey(builder.words, cell, cells);
    });
    return own;
  }

  /** Writes a key, and returns its hash. */
  #writeKey(cell: number, key: string | number, isOwnText: boolean): number {
    const builder = this.#builder;
    if (typeof key === 'number') {
      builder.setNumber(cell, key);
      return hashWords(builder.words, cell * 2, cell * 2 + 2);
    }
    const place = isOwnText ? builder.addText(key) : this.#writeText(key);
    builder.setTagged(cell, Tag.TEXT, place);
    return hashText(builder.words, place);
  }

  #writeView(view: ArrayBufferView): { readonly tag: number; readonly place: number } {
    const type = viewTypes.findIndex((Type) => view instanceof Type);
    if (type === -1) throw this.#refuse(view);
    const own = this.#open(view, Tag.VIEW, PLACE_BYTES + view.byteLength);
    this.#builder.setWords(own.place, type, (view as Uint8Array).length);
    this.#builder.setBytes(own.place + 1, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return own;
  }

  #writeText(text: string): number {
    if (text.length > LONGEST_KNOWN) return this.#builder.addText(text);
    const known = this.#texts.find(text);
    if (known !== undefined) return known;
    const place = this.#builder.addText(text);
    this.#texts.add(text, place);
    return place;
  }

  /** Allocates an object's place before its parts are written, which may refer back to the object. */
  #open(value: object, tag: number, bytes: number): { readonly tag: number; readonly place: number } {
    const own = { tag, place: this.#builder.allocate(bytes) };
    this.#known.set(value, own);
    return own;
  }

  #writePart(cell: number, value: unknown, step: string | number): void {
    this.#trail.push(step);
    this.#writeCell(cell, value);
    this.#trail.pop();
  }

  #refuse(value: unknown): TypeError {
    const path = this.#trail.map((step) => `[${typeof step === 'number' ? step : JSON.stringify(step)}]`);
    return new TypeError(
      `share() takes plain data: numbers, strings, dates, typed arrays, and arrays, objects, Maps and Sets of them ` +
        `(with keys that are strings or numbers). Got ${describeValue(value)} at value${path.join('')}.`,
    );
  }
}
