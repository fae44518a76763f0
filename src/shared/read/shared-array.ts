import { INSPECT } from './inspect-symbol.ts';
import type { Memory } from '../memory/memory.ts';

type ReadValue = (memory: Memory, cell: number) => unknown;

/** The most elements that `console.log` is given. */
const MOST_SHOWN = 101;

/** Makes an array that reads its elements from the memory when it is asked for them, and cannot be changed. */
export function createArray(memory: Memory, place: number, readValue: ReadValue): readonly unknown[] {
  const length = memory.words[place * 2] as number;
  const target: unknown[] = [];
  target.length = length;
  const handler = new ArrayHandler(memory, place, length, readValue);
  const array = new Proxy(target, handler);
  // Node inspects the target of a proxy, and not the proxy.
  Object.defineProperty(target, INSPECT, {
    value: () => array.slice(0, MOST_SHOWN),
    configurable: true,
  });
  return array;
}

class ArrayHandler implements ProxyHandler<unknown[]> {
  readonly #memory: Memory;
  readonly #first: number;
  readonly #length: number;
  readonly #readValue: ReadValue;

  constructor(memory: Memory, place: number, length: number, readValue: ReadValue) {
    this.#memory = memory;
    this.#first = place + 1;
    this.#length = length;
    this.#readValue = readValue;
  }

  get(target: unknown[], key: string | symbol): unknown {
    const at = this.#toPosition(key);
    if (at !== -1) return this.#readValue(this.#memory, this.#first + at);
    // An iteration that makes no name for each position is twice as fast.
    if (key === Symbol.iterator || key === 'values') return () => this.#iterate();
    return Reflect.get(target, key);
  }

  has(target: unknown[], key: string | symbol): boolean {
    return this.#toPosition(key) !== -1 || Reflect.has(target, key);
  }

  ownKeys(): string[] {
    return [...Array.from({ length: this.#length }, (_, at) => String(at)), 'length'];
  }

  getOwnPropertyDescriptor(target: unknown[], key: string | symbol): PropertyDescriptor | undefined {
    const at = this.#toPosition(key);
    if (at === -1) return key === 'length' ? Reflect.getOwnPropertyDescriptor(target, key) : undefined;
    const value = this.#readValue(this.#memory, this.#first + at);
    return { value, writable: false, enumerable: true, configurable: true };
  }

  set(): never {
    throw refuse();
  }

  defineProperty(): never {
    throw refuse();
  }

  deleteProperty(): never {
    throw refuse();
  }

  setPrototypeOf(): never {
    throw refuse();
  }

  preventExtensions(): never {
    throw refuse();
  }

  /** Returns the position that a key names; -1 for a key that is no position within the array. */
  #toPosition(key: string | symbol): number {
    if (typeof key === 'symbol') return -1;
    const first = key.charCodeAt(0);
    // A position begins with a digit, which is no 0 before others.
    if (!(first >= 48 && first <= 57) || (first === 48 && key.length > 1)) return -1;
    const at = Number(key);
    return Number.isInteger(at) && at < this.#length && String(at) === key ? at : -1;
  }

  *#iterate(): Generator<unknown, undefined> {
    for (let at = 0; at < this.#length; at++) yield this.#readValue(this.#memory, this.#first + at);
  }
}

function refuse(): TypeError {
  return new TypeError(
    'This array is shared between threads, which only read it: copy it first, as in [...array].',
  );
}
