/** Under this key a source says how it goes on where a run was cut off. A registered symbol: the same in every copy of Telar. */
export const positions: unique symbol = Symbol.for('telar.positions') as never;

/** Items that cannot be pulled again from the first, such as the lines of a log: each knows where it stood. */
export interface PositionedSource<T> extends AsyncIterable<T> {
  readonly [positions]: {
    /** What it is known by from one run to the next. */
    describe(): string;
    /** @param from - The position of a run that was cut off; `undefined`: a new run. */
    open(from: unknown): PositionedReader<T>;
  };
}

/** An item, and where it stood. */
export interface PlacedItem<T> {
  readonly item: T;
  readonly place: unknown;
}

/** One reading of such a source. */
export interface PositionedReader<T> extends AsyncIterable<PlacedItem<T>> {
  /** Resolves when it stands where it begins; rejects where it cannot go on there. */
  readonly ready: Promise<unknown>;
  /** Where it is behind some items, given their places in their order: plain data. */
  move(places: readonly unknown[]): unknown;
}

export function isPositioned(value: unknown): value is PositionedSource<unknown> {
  return typeof value === 'object' && value !== null && positions in value;
}
