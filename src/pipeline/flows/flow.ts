import { type PortionedInput, ReadAhead } from '../../flow/source/read-ahead.ts';
import { NOTHING, READ_AHEAD, type Source } from '../../flow/source/source.ts';
import type { Position } from '../position/position.ts';

/** Portions that go from one stage to the next: pulled, never pushed. Calls of `next` do not overlap. */
export interface Flow<P> {
  /**
   * Resolves with the next portion, or `undefined` at the end. Rejects when something before that portion has failed.
   */
  next(): Promise<P | undefined>;
  /** Position of the flow once all portions so far are used up; `undefined` when nobody wants to know. */
  readonly position: Position | undefined;
  /** Takes back a portion that nobody reads any more: its memory may be used again. */
  release?(portion: P): void;
  /**
   * Tells the listener, once, as soon as it is known that the flow will fail: `next` rejects with the reason behind
   * what came before.
   */
  onFailure?(listener: (reason: unknown) => void): void;
  /** Ends the flow, and all that it pulls from. Resolves when nothing of it is in progress. Safe to call again. */
  close(): Promise<void>;
}

/** Some results, in order. */
export type Page = ArrayLike<unknown>;

/** Gives the items of a flow one by one, read ahead a little, so that the stage before is not held up by this one. */
export class FlowSource implements Source, PortionedInput<Page, Page | undefined> {
  readonly remaining: undefined;
  readAhead: number = READ_AHEAD;
  /** Flow behind this source. A stage that takes whole pages may pull from it in the place of the source. */
  readonly flow: Flow<Page>;
  readonly #pages = new ReadAhead<Page, Page | undefined>(this);
  /** The page whose items are given, and how many of them were. */
  #page: Page | undefined;
  #at = 0;
  /** Number of items that wait. */
  #count = 0;
  /** Positions of the flow, each with the number of results that it had given: those that may still be asked for. */
  readonly #positions: { readonly total: number; readonly position: Position }[] = [];

  /** @param first - The number of the first result. */
  constructor(flow: Flow<Page>, first = 0) {
    this.flow = flow;
    if (flow.position !== undefined) this.#positions.push({ total: first, position: flow.position });
  }

  /** Returns where the flow stood when `count` of its results had been handed on. */
  readonly locate = (count: number): Position => {
    const positions = this.#positions;
    while (positions[1] !== undefined && positions[1].total <= count) positions.shift();
    const { total, position } = positions[0] as { total: number; position: Position };
    return total === count ? position : { ...position, skip: position.skip + count - total };
  };

  get isEnded(): boolean {
    return this.#pages.isEnded && this.#page === undefined;
  }

  get isFull(): boolean {
    return this.#count >= this.readAhead;
  }

  next(): unknown {
    this.#pages.read();
    const page = this.#page ?? this.#turn();
    if (page === undefined) return NOTHING;
    const item = page[this.#at++];
    this.#count--;
    if (this.#at === page.length) this.#page = undefined;
    return item;
  }

  onReady(listener: () => void): void {
    this.#pages.onReady(listener);
  }

  close(): Promise<void> {
    this.#pages.close();
    this.#page = undefined;
    this.#count = 0;
    return this.flow.close();
  }

  pull(): Promise<Page | undefined> {
    return this.flow.next();
  }

  unwrap(page: Page | undefined): Page | typeof NOTHING {
    return page ?? NOTHING;
  }

  note({ length }: Page): boolean {
    this.#count += length;
    const { position } = this.flow;
    const last = this.#positions.at(-1);
    if (position !== undefined && last !== undefined) {
      if (length === 0) this.#positions.pop();
      this.#positions.push({ total: last.total + length, position });
    }
    return length > 0;
  }

  #turn(): Page | undefined {
    const page = this.#pages.shift();
    if (page === NOTHING) {
      this.#pages.throwFailure();
      return undefined;
    }
    this.#page = page;
    this.#at = 0;
    return page;
  }
}
