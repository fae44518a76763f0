import { CELLS, type Slots } from './slot.ts';

// These functions are taken now, since tasks may replace them.
const { load, store } = Atomics;

/**
 * Slots in memory that two threads share. Loads and stores are sequentially consistent; notes are ordinary stores,
 * which cost 1–2 ns where a consistent one costs 8.
 */
export class SharedSlots implements Slots {
  /** Memory of the slots, which crosses to the other thread, where the other end is made of it. */
  readonly cells: Int32Array;

  constructor(
    cells: Int32Array = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT)),
  ) {
    this.cells = cells;
  }

  load(cell: number): number {
    return load(this.cells, cell);
  }

  store(cell: number, value: number): void {
    store(this.cells, cell, value);
  }

  note(cell: number, value: number): void {
    this.cells[cell] = value;
  }

  notePair(cell: number, value: number, next: number): void {
    this.cells[cell] = value;
    this.cells[cell + 1] = next;
  }

  noteThree(cell: number, value: number, next: number, last: number): void {
    this.cells[cell] = value;
    this.cells[cell + 1] = next;
    this.cells[cell + 2] = last;
  }

  glance(cell: number): number {
    return this.cells[cell] as number;
  }

  readNote(cell: number): number {
    return this.cells[cell] as number;
  }
}
