/** A chunk by the positions of its items. */
export interface Positioned {
  readonly number: number;
  readonly attempt: number;
  /** Position of the first item; positions of all where they are not in a row. */
  readonly positions: number | readonly number[];
  readonly count: number;
}

/** Finds chunks by the position and the try of an item. Chunks may overlap: what one did not run, another did. */
export class KnownIndex<C extends Positioned> {
  /** Chunks whose items are in a row, by the first, with the highest end up to each. */
  readonly #rows = new Map<number, { readonly chunks: C[]; readonly ends: number[] }>();
  readonly #listed = new Map<string, C[]>();

  constructor(chunks: readonly C[]) {
    const inRow = chunks.filter(({ positions }) => typeof positions === 'number');
    for (const chunk of inRow.toSorted((a, b) => positionOf(a, 0) - positionOf(b, 0))) {
      let row = this.#rows.get(chunk.attempt);
      if (row === undefined) this.#rows.set(chunk.attempt, (row = { chunks: [], ends: [] }));
      row.chunks.push(chunk);
      row.ends.push(Math.max(row.ends.at(-1) ?? 0, positionOf(chunk, 0) + chunk.count));
    }
    for (const chunk of chunks) {
      if (typeof chunk.positions === 'number') continue;
      for (const position of chunk.positions) {
        const key = `${position}.${chunk.attempt}`;
        const others = this.#listed.get(key);
        if (others === undefined) this.#listed.set(key, [chunk]);
        else others.push(chunk);
      }
    }
  }

  /** Returns the chunks that have an item, in the order of their numbers. */
  find(position: number, attempt: number): C[] {
    const found = [...(this.#listed.get(`${position}.${attempt}`) ?? [])];
    const row = this.#rows.get(attempt);
    if (row !== undefined) {
      let low = 0;
      let high = row.chunks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (positionOf(row.chunks[middle] as C, 0) <= position) low = middle + 1;
        else high = middle;
      }
      for (let at = low - 1; at >= 0 && (row.ends[at] as number) > position; at--) {
        const chunk = row.chunks[at] as C;
        if (positionOf(chunk, 0) + chunk.count > position) found.push(chunk);
      }
    }
    return found.toSorted((a, b) => a.number - b.number);
  }
}

export function positionOf({ positions }: Positioned, at: number): number {
  return typeof positions === 'number' ? positions + at : (positions[at] as number);
}

export function offsetOf({ positions }: Positioned, position: number): number {
  return typeof positions === 'number' ? position - positions : positions.indexOf(position);
}
