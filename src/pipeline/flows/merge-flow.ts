import type { Collected } from '../../wire/message/payload.ts';
import { type Merge, readState } from './merge.ts';
import type { Flow, Page } from './flow.ts';
import type { Position } from '../position/position.ts';

/** Puts together what the workers folded: what leaves depends on all that came before. */
export class MergeFlow implements Flow<Page> {
  readonly #flow: Flow<Collected>;
  readonly #merge: Merge<unknown>;
  readonly #start: Position | undefined;
  readonly #isCut: () => boolean;
  #given = 0;
  #isEnded = false;

  /**
   * @param start - Position where the flow begins, where somebody wants to know.
   * @param isCut - Tells whether the flow before has ended early, because the run is to stop.
   */
  constructor(
    flow: Flow<Collected>,
    merge: Merge<unknown>,
    start: Position | undefined,
    isCut: () => boolean,
  ) {
    this.#flow = flow;
    this.#merge = merge;
    this.#start = start;
    this.#isCut = isCut;
  }

  /**
   * Position of the flow. A merge goes on by beginning anew, and leaving out what it gave: its state is all that it has
   * seen.
   */
  get position(): Position | undefined {
    return this.#start === undefined ? undefined : { ...this.#start, skip: this.#given };
  }

  async next(): Promise<Page | undefined> {
    if (this.#isEnded) return undefined;
    const collected = await this.#flow.next();
    if (collected !== undefined) return this.#give(this.#merge.add(readState(collected)));
    this.#isEnded = true;
    const { rest } = this.#merge;
    // Groups of a part of the input are no groups.
    return rest.length === 0 || this.#isCut() ? undefined : this.#give(rest);
  }

  close(): Promise<void> {
    this.#isEnded = true;
    return this.#flow.close();
  }

  #give(page: Page): Page {
    this.#given += page.length;
    return page;
  }
}
