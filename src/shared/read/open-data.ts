import { setSeal } from '../seal/seal.ts';
import { Tag } from '../memory/layout.ts';
import { Memory } from '../memory/memory.ts';
import { createArray } from './shared-array.ts';
import { SharedMap } from './shared-map.ts';
import { SharedSet } from './shared-set.ts';
import { Table } from '../memory/table.ts';

/** Longest text that is read with the object that holds it; a longer one is read when it is asked for. */
const LONGEST_READ = 256;

/** Returns the value of a cell in memory that came from another thread. */
export function openData(shared: SharedArrayBuffer, cell: number): object {
  return readValue(new Memory(shared), cell) as object;
}

/** Returns the value of a cell: containers look into the memory when they are asked for what they hold. */
export function readValue(memory: Memory, cell: number): unknown {
  const tag = memory.readTag(cell);
  switch (tag) {
    case Tag.ARRAY:
      return sealAs(createArray(memory, memory.readPlace(cell), readValue), memory, cell);
    case Tag.OBJECT:
      return readObject(memory, cell);
    case Tag.MAP:
      return sealAs(new SharedMap(new Table(memory, memory.readPlace(cell), true), readValue), memory, cell);
    case Tag.SET:
      return sealAs(new SharedSet(new Table(memory, memory.readPlace(cell), false)), memory, cell);
    default:
      return memory.readPlain(cell, tag);
  }
}

/** Returns a frozen object with the plain values of the original; its containers and long texts are getters. */
function readObject(memory: Memory, cell: number): object {
  const place = memory.readPlace(cell);
  const keys = memory.readShape(memory.words[place * 2] as number);
  const object: Record<string, unknown> = {};
  let isPlain = true;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string;
    const part = place + 1 + at;
    if (isReadLater(memory, part)) {
      isPlain = false;
      Object.defineProperty(object, key, {
        get: createGetter(() => readValue(memory, part)),
        enumerable: true,
        configurable: true,
      });
    } else if (key === '__proto__') {
      Object.defineProperty(object, key, { value: readValue(memory, part), enumerable: true });
    } else {
      object[key] = memory.readPlain(part, memory.readTag(part));
    }
  }
  Object.freeze(object);
  // Objects without getters are small, and travel as the plain objects that they are.
  return isPlain ? object : sealAs(object, memory, cell);
}

function isReadLater(memory: Memory, cell: number): boolean {
  const tag = memory.readTag(cell);
  if (tag === Tag.TEXT) return (memory.words[memory.readPlace(cell) * 2] as number) > LONGEST_READ;
  return tag >= Tag.ARRAY && tag <= Tag.SET;
}

/** Makes a getter that remembers what was read, so that the same field is the same object. */
function createGetter(read: () => unknown): () => unknown {
  let known: { readonly value: unknown } | undefined;
  return () => (known ??= { value: read() }).value;
}

function sealAs<Value extends object>(value: Value, { shared: memory }: Memory, place: number): Value {
  setSeal(value, { 'telar.shared': 'data', memory, place });
  return value;
}
