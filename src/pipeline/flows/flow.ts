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
export class FlowSource implements Source {
  readonly remaining: undefined;
  readAhead: number = READ_AHEAD;
  /** Flow behind this source. A stage that takes whole pages may pull from it in the place of the source. */
  readonly flow: Flow<Page>;
  readonly #pages: Page[] = [];
  #at = 0;
  #count = 0;
  #isReading = false;
  #isDone = false;
  #failure: { readonly thrown: unknown } | undefined;
  #notify: () => void = () => {};
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
    return this.#isDone && this.#count === 0 && this.#failure === undefined;
  }

  next(): unknown {
    if (this.#count < this.readAhead) void this.#read();
    const page = this.#pages[0];
    if (page !== undefined) {
      const item = page[this.#at++];
      this.#count--;
      if (this.#at === page.length) {
        this.#pages.shift();
        this.#at = 0;
      }
      return item;
    }
    if (this.#failure !== undefined) {
      const { thrown } = this.#failure;
      this.#failure = undefined;
      throw thrown;
    }
    return NOTHING;
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
  }

  close(): Promise<void> {
    this.#isDone = true;
    this.#pages.length = 0;
    this.#count = 0;
    this.#failure = undefined;
    return this.flow.close();
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#isDone) return;
    this.#isReading = true;
    try {
      while (!this.#isDone && this.#count < this.readAhead) {
        const page = await this.flow.next();
        // The source was closed while it waited.
        if (this.#isDone) return;
        if (page === undefined) {
          this.#isDone = true;
          break;
        }
        this.#keepMark(page.length);
        if (page.length === 0) continue;
        this.#pages.push(page);
        this.#count += page.length;
        this.#notify();
      }
    } catch (thrown) {
      if (this.#isDone) return;
      this.#isDone = true;
      this.#failure = { thrown };
    } finally {
      this.#isReading = false;
    }
    this.#notify();
  }

  #keepMark(count: number): void {
    const { position } = this.flow;
    const last = this.#positions.at(-1);
    if (position === undefined || last === undefined) return;
    if (count === 0) this.#positions.pop();
    this.#positions.push({ total: last.total + count, position });
  }
}
