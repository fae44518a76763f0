import type { Collected } from '../../wire/message/payload.ts';
import { readState, type StageMerge } from './merge.ts';
import type { Flow, Page } from './flow.ts';
import type { Position } from '../position/position.ts';

/** Puts together what the workers folded: what leaves depends on all that came before. */
export class MergeFlow implements Flow<Page> {
  readonly #flow: Flow<Collected>;
  readonly #merge: StageMerge;
  readonly #start: Position | undefined;
  readonly #isCut: () => boolean;
  #rest: AsyncIterator<Page, void> | undefined;
  #given = 0;
  #isEnded = false;

  /**
   * @param start - Position where the flow begins, where somebody wants to know.
   * @param isCut - Tells whether the flow before has ended early, because the run is to stop.
   */
  constructor(flow: Flow<Collected>, merge: StageMerge, start: Position | undefined, isCut: () => boolean) {
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
    while (!this.#isEnded) {
      if (this.#rest === undefined) {
        const collected = await this.#flow.next();
        if (collected !== undefined) return this.#give(await this.#merge.add(readState(collected)));
        if (this.#merge.needsAll && this.#isCut()) break;
        this.#rest = iterate(this.#merge.rest());
      }
      const step = await this.#rest.next();
      if (step.done === true) break;
      return this.#give(step.value);
    }
    this.#isEnded = true;
    return undefined;
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    try {
      await this.#flow.close();
    } finally {
      await this.#merge.close?.();
    }
  }

  #give(page: Page): Page {
    this.#given += page.length;
    return page;
  }
}

async function* iterate(pages: Iterable<Page> | AsyncIterable<Page>): AsyncGenerator<Page, void, undefined> {
  yield* pages;
}
