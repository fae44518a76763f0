import { INSPECT } from './inspect-symbol.ts';
import type { Table } from '../memory/table.ts';

/**
 * A Set in shared memory that all threads read and none changes: a hash table over bytes, in the order of the original.
 *
 * Cost of `has`: as that of a SharedMap.
 */
export class SharedSet<Value> implements Iterable<Value> {
  readonly #table: Table;

  /** @internal Made by `share(set)`. */
  constructor(table: Table) {
    this.#table = table;
    Object.freeze(this);
  }

  get size(): number {
    return this.#table.size;
  }

  has(value: Value): boolean {
    return this.#table.find(value) !== -1;
  }

  forEach(visit: (value: Value, again: Value, set: this) => void): void {
    for (const value of this) visit(value, value, this);
  }

  values(): Generator<Value, undefined> {
    return this.#table.list((cell) => this.#table.readKey(cell) as Value);
  }

  keys(): Generator<Value, undefined> {
    return this.values();
  }

  *entries(): Generator<[Value, Value], undefined> {
    for (const value of this) yield [value, value];
  }

  [Symbol.iterator](): Generator<Value, undefined> {
    return this.values();
  }
}

/** Shows the size of the set in `console.log`. */
Object.defineProperty(SharedSet.prototype, INSPECT, {
  value(this: SharedSet<unknown>): string {
    return `SharedSet(${this.size})`;
  },
});
