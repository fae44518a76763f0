/**
 * Key under which a source says how it goes on where a run was cut off. The symbol is registered, so that it is the
 * same in every copy of Telar.
 */
export const positions: unique symbol = Symbol.for('telar.positions') as never;

/**
 * A source whose items cannot be pulled again from the first, such as the lines of a log: each knows where it stood.
 */
export interface PositionedSource<T> extends AsyncIterable<T> {
  readonly [positions]: {
    /** Returns the text that the source is known by from one run to the next. */
    describe(): string;
    /** @param from - The position of a run that was cut off; `undefined`: a new run. */
    open(from: unknown): PositionedReader<T>;
  };
}

/** An item with the place where it stood. */
export interface PlacedItem<T> {
  readonly item: T;
  readonly place: unknown;
}

/** One reading of a positioned source. */
export interface PositionedReader<T> extends AsyncIterable<PlacedItem<T>> {
  /** Resolves when the reader stands where it begins; rejects if it cannot go on there. */
  readonly ready: Promise<unknown>;
  /** Returns the reader's position behind some items, given their places in their order, as plain data. */
  move(places: readonly unknown[]): unknown;
}

export function isPositioned(value: unknown): value is PositionedSource<unknown> {
  return typeof value === 'object' && value !== null && positions in value;
}
