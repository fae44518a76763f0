import { AsyncSource } from '../../flow/source/async-source.ts';
import { NOTHING, type Source } from '../../flow/source/source.ts';
import { InputChanged } from '../../journal/input-changed.ts';
import type { ItemsPosition, SourcePosition } from '../position/position.ts';
import { type RootTracking, TakenItems } from './taken-items.ts';

/** The input of a pipeline that can be told to end, or whose run can resume: it knows what was taken of it. */
export class RootSource implements Source {
  readonly #source: Source;
  readonly #taken: TakenItems;
  #notify: () => void = () => {};
  /** Items that were read ahead when the source was told to end. */
  #rest: unknown[] | undefined;
  /** True once the source was told to end before the input had ended. */
  isCut = false;
  #wasWhole: boolean | undefined;

  constructor(source: Source, tracking: RootTracking | undefined) {
    this.#source = source;
    this.#taken = new TakenItems(tracking);
    source.onReady(() => this.#notify());
  }

  get remaining(): number | undefined {
    return this.#rest === undefined ? this.#source.remaining : this.#rest.length;
  }

  get readAhead(): number {
    return this.#source.readAhead ?? 0;
  }

  set readAhead(count: number) {
    if (this.#rest === undefined && this.#source.readAhead !== undefined) this.#source.readAhead = count;
  }

  get isEnded(): boolean {
    return this.#rest === undefined ? this.#source.isEnded : this.#rest.length === 0;
  }

  /** Position behind all that was read; `undefined` where that cannot be read again. */
  get position(): ItemsPosition | undefined {
    return this.#taken.position;
  }

  next(): unknown {
    if (this.#rest !== undefined && this.#rest.length === 0) return NOTHING;
    return this.#taken.add(this.#rest === undefined ? this.#source.next() : this.#rest.shift());
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
  }

  /** Whether the input came to its end by itself. */
  get isWhole(): boolean {
    return !this.isCut && (this.#wasWhole ?? this.#source.isEnded);
  }

  close(): Promise<void> {
    this.#wasWhole ??= this.#source.isEnded;
    this.#rest ??= [];
    this.#rest.length = 0;
    return this.#source.close();
  }

  /** Gives no further items but those that have left the user's iterator. */
  stop(): void {
    if (this.#rest !== undefined || this.#source.isEnded) return;
    this.isCut = true;
    const rest: unknown[] = [];
    if (this.#source instanceof AsyncSource) {
      const notify = this.#notify;
      this.#notify = () => {};
      this.#source.readAhead = 0;
      try {
        for (let item = this.#source.next(); item !== NOTHING; item = this.#source.next()) rest.push(item);
      } catch {
        // The source has failed where it was to end anyway.
      }
      this.#notify = notify;
    }
    this.#rest = rest;
    this.#notify();
  }

  /** Returns what the input has given when `count` items have been handed on. */
  get locate(): (count: number) => SourcePosition {
    return this.#taken.locate;
  }

  /** Takes the items that were run another time, and rejects unless they are the same. */
  async skip(position: ItemsPosition): Promise<void> {
    const { items } = position;
    while (this.#taken.count < items) {
      const item = this.next();
      if (item === NOTHING) {
        if (this.#source.isEnded)
          throw new InputChanged(`it ends at item ${this.#taken.count}, before the ${items} of then`);
        await new Promise<void>((resolve) => (this.#notify = resolve));
      }
      // The pause lets the event loop turn, and what would be kept for each item is dropped.
      if (this.#taken.count % 4096 === 0) await new Promise(setImmediate);
      this.#taken.forget();
    }
    this.#taken.assertSame(position);
  }

  /** Rejects when something stands behind what was taken. */
  async assertEnded(): Promise<void> {
    while (!this.#source.isEnded) {
      const item = this.next();
      if (item !== NOTHING)
        throw new InputChanged(`it has more than the ${this.#taken.count - 1} items of then`);
      if (!this.#source.isEnded) await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }
}
