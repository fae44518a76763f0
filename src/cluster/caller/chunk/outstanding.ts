import type { Chunk } from '../../../flow/chunk/chunk.ts';
import { RunFacts } from './run-facts.ts';

/** The most bytes of input that a run has at the broker. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Chunks at the broker for each that nodes run: one runs, one waits, and some are on their way. */
const PER_SLOT = 2.5;

/** A chunk that the broker has, and that has no outcome here. */
export interface OutstandingChunk {
  readonly number: number;
  readonly chunk: Chunk;
  /** Place of the chunk in the input, as JSON. */
  readonly meta: string;
  /** Sealed items: a broker that has lost them gets them again. */
  readonly input: Buffer;
  /** Number of jobs that were made for the chunk. */
  tries: number;
  /** Time of the last news of the chunk, in ms of `performance.now()`. */
  heardAt: number;
}

/** The chunks of a run that the broker has. The caller, not the broker, is the truth of what is left to do. */
export class Outstanding {
  readonly facts: RunFacts = new RunFacts();
  readonly #chunks = new Map<number, OutstandingChunk>();
  #bytes = 0;
  #items = 0;
  #next = 0;

  get size(): number {
    return this.#chunks.size;
  }

  /** Number of items in the chunks. */
  get items(): number {
    return this.#items;
  }

  get numbers(): number[] {
    return [...this.#chunks.keys()];
  }

  /** Begins with a number that no chunk has had, or goes on behind those that chunks have. */
  startAt(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** Tells whether one more chunk may go to the broker, for nodes that run `slots` at once. */
  hasRoom(slots: number): boolean {
    return this.size < Math.max(2, Math.ceil(PER_SLOT * slots)) && this.#bytes < MOST_BYTES;
  }

  add(chunk: Chunk, meta: string, input: Buffer): OutstandingChunk {
    const number = this.#next++;
    const added = { number, chunk, meta, input, tries: 0, heardAt: performance.now() };
    this.#chunks.set(number, added);
    this.#bytes += input.length;
    this.#items += chunk.items.length;
    return added;
  }

  get(number: number): OutstandingChunk | undefined {
    return this.#chunks.get(number);
  }

  /** Returns the chunks of which nothing was heard since a time. */
  listSilent(since: number): OutstandingChunk[] {
    return [...this.#chunks.values()].filter(({ heardAt }) => heardAt <= since);
  }

  remove(number: number): OutstandingChunk | undefined {
    const removed = this.#chunks.get(number);
    if (removed === undefined) return undefined;
    this.#chunks.delete(number);
    this.#bytes -= removed.input.length;
    this.#items -= removed.chunk.items.length;
    return removed;
  }

  clear(): void {
    this.#chunks.clear();
    this.#bytes = 0;
    this.#items = 0;
  }
}
