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

/** As good as nothing to do: what remains is what it costs to carry the item. */
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
  /** In shared memory: how many have come. */
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

/** Different for each position. */
export function makeSale(at: number): Sale {
  return { id: at, product: `product ${at % 1000}`, price: (at % 997) + 0.99, quantity: 1 + (at % 7) };
}
