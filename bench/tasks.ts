import { CHUNK_MS } from './harness/chunk-time.ts';

/**
 * The tasks of the bench: ordinary exported functions. Each case has a task of its own, also where two do the same,
 * so that what an engine learns about one case is no help in another.
 */

/**
 * Works for a number of turns; see `harness/calibrate.ts` for their time. Each step of a turn needs the one before,
 * so the processor has time to spare for the loop around it: how well that was compiled makes no difference.
 */
export function spin(turns: number): number {
  let state = turns | 0;
  for (let turn = 0; turn < turns; turn++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    state ^= state >>> 13;
    state = (Math.imul(state, 22695477) + 1) | 0;
    state ^= state >>> 16;
  }
  return state >>> 8;
}

export function runShort(turns: number): number {
  return spin(turns);
}

export function runLong(turns: number): number {
  return spin(turns);
}

export function runSkewed(turns: number): number {
  return spin(turns);
}

export function runSmall(turns: number): number {
  return spin(turns);
}

/** Does as good as nothing: what remains is what it costs to carry the item. */
export function scale(value: number): number {
  return value * 2 + 1;
}

export interface Sale {
  readonly id: number;
  readonly product: string;
  readonly price: number;
  readonly quantity: number;
}

export interface Booking {
  readonly id: number;
  readonly product: string;
  readonly total: number;
  readonly isLarge: boolean;
}

/** A small plain object in, another one out. */
export function book({ id, product, price, quantity }: Sale): Booking {
  const total = price * quantity;
  return { id, product, total, isLarge: total > 500 };
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

export interface Meeting {
  /** Number of those that have come, in shared memory. */
  readonly present: Int32Array;
  readonly expected: number;
}

/** Holds its worker until all have come: so each runs on a worker of its own. */
export function meet({ present, expected }: Meeting): number {
  Atomics.add(present, 0, 1);
  Atomics.notify(present, 0);
  for (;;) {
    const count = Atomics.load(present, 0);
    if (count >= expected) return count;
    Atomics.wait(present, 0, count);
  }
}

/** A group of items: what a nested run is called for. */
export interface Group {
  readonly first: number;
  readonly count: number;
}

export function listGroup({ first, count }: Group): readonly number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}

/** The inner loop as a loop. */
export function runGroup(group: Group): number {
  return listGroup(group).reduce((total, item) => total + spin(item), 0);
}

export function runGrowing(turns: number): number {
  return spin(turns);
}

/** The closure of `cases/closures/`, written as a function of its own. */
export function runClosure(turns: number): number {
  return spin(turns) * 3 + 5;
}

/** 20 fields, three deep: what an API answers with. */
export interface Order {
  readonly id: number;
  readonly number: string;
  readonly currency: string;
  readonly total: number;
  readonly isPaid: boolean;
  readonly note: string | null;
  readonly customer: {
    readonly id: number;
    readonly name: string;
    readonly email: string;
    readonly isRegular: boolean;
    readonly address: {
      readonly street: string;
      readonly city: string;
      readonly code: string;
      readonly latitude: number;
      readonly longitude: number;
    };
  };
  readonly line: {
    readonly product: string;
    readonly price: number;
    readonly quantity: number;
    readonly tax: { readonly rate: number; readonly amount: number };
  };
}

/** Different for each position. */
export function makeOrder(at: number): Order {
  const price = (at % 997) + 0.99;
  const quantity = 1 + (at % 7);
  return {
    id: at,
    number: `order ${at}`,
    currency: 'EUR',
    total: price * quantity,
    isPaid: at % 3 > 0,
    note: null,
    customer: {
      id: at % 5000,
      name: `customer ${at % 5000}`,
      email: `customer.${at % 5000}@example.org`,
      isRegular: at % 2 === 0,
      address: {
        street: `street ${at % 300}`,
        city: `city ${at % 50}`,
        code: `${10_000 + (at % 90_000)}`,
        latitude: (at % 180) - 90 + 0.5,
        longitude: (at % 360) - 180 + 0.5,
      },
    },
    line: { product: `product ${at % 1000}`, price, quantity, tax: { rate: 0.19, amount: price * 0.19 } },
  };
}

/** One like it: what remains is what it costs to carry both. */
export function settle(order: Order): Order {
  return { ...order, isPaid: true, note: order.isPaid ? null : 'reminded' };
}

/** Different for each position. */
export function makeSale(at: number): Sale {
  return { id: at, product: `product ${at % 1000}`, price: (at % 997) + 0.99, quantity: 1 + (at % 7) };
}

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Waits as long as a chunk computes, and takes no core meanwhile: what is left is what a worker costs the others. */
export function pause(item: unknown): number {
  Atomics.wait(clock, 0, 0, CHUNK_MS);
  return typeof item === 'number' ? item : 0;
}

export function nothing(item: unknown): number {
  return typeof item === 'number' ? item : 0;
}
