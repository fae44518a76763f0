import { CELLS, type Slots } from './slot.ts';

const BYTES = Int32Array.BYTES_PER_ELEMENT;

/**
 * Slots in a small file that two processes have open. Each load and store is a call into the system, which puts them
 * into one order: 1–2 µs. The file outlives a process that dies, so that its last words are there.
 */
export class FileSlots implements Slots {
  /** Functions of `node:fs`, taken now: tasks may replace what the module has. */
  readonly #read = process.getBuiltinModule('node:fs').readSync;
  readonly #write = process.getBuiltinModule('node:fs').writeSync;
  readonly #fd: number;
  readonly #notes = new Int32Array(CELLS);
  readonly #cell = new Int32Array(1);
  readonly #cellBytes = new Uint8Array(this.#cell.buffer);
  readonly #noteBytes = new Uint8Array(this.#notes.buffer);

  /** @param fd - A file that is open for reading and writing, of `CELLS` cells. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  load(cell: number): number {
    // A file that is shorter reads as zero.
    this.#cell[0] = 0;
    this.#read(this.#fd, this.#cellBytes, 0, BYTES, cell * BYTES);
    return this.#cell[0];
  }

  store(cell: number, value: number): void {
    this.#notes[cell] = value;
    this.#write(this.#fd, this.#noteBytes, cell * BYTES, BYTES, cell * BYTES);
  }

  note(cell: number, value: number): void {
    this.store(cell, value);
  }

  notePair(cell: number, value: number, next: number): void {
    this.#notes[cell] = value;
    this.#notes[cell + 1] = next;
    this.#write(this.#fd, this.#noteBytes, cell * BYTES, 2 * BYTES, cell * BYTES);
  }

  noteThree(cell: number, value: number, next: number, last: number): void {
    this.#notes[cell] = value;
    this.#notes[cell + 1] = next;
    this.#notes[cell + 2] = last;
    this.#write(this.#fd, this.#noteBytes, cell * BYTES, 3 * BYTES, cell * BYTES);
  }

  glance(cell: number): number {
    return this.load(cell);
  }

  readNote(cell: number): number {
    return this.#notes[cell] as number;
  }
}
