import { isThenable } from '../../async/iterator-step.ts';
import type { Flow, Page } from './flow.ts';
import type { Position } from '../position/position.ts';
import type { Collected } from '../../wire/message/payload.ts';
import { unpackValues } from '../../wire/pack/pack.ts';

/** Turns each portion of a flow into another, one at a time and in order: taps, encoding on this thread. */
export class PageFlow<P, Q> implements Flow<Q> {
  readonly #flow: Flow<P>;
  readonly #turn: (portion: P) => Q | Promise<Q>;
  readonly #position: ((before: Position) => Position) | undefined;
  #isEnded = false;

  /**
   * @param position - Returns where this flow stands when the flow before stands at a position. `@defaultValue` there as
   * well
   */
  constructor(
    flow: Flow<P>,
    turn: (portion: P) => Q | Promise<Q>,
    position?: (before: Position) => Position,
  ) {
    this.#flow = flow;
    this.#turn = turn;
    this.#position = position;
  }

  get position(): Position | undefined {
    const { position } = this.#flow;
    return position === undefined || this.#position === undefined ? position : this.#position(position);
  }

  async next(): Promise<Q | undefined> {
    if (this.#isEnded) return undefined;
    const portion = await this.#flow.next();
    if (portion !== undefined) return await this.#turn(portion);
    this.#isEnded = true;
    return undefined;
  }

  close(): Promise<void> {
    this.#isEnded = true;
    return this.#flow.close();
  }
}

export function readValues(collected: Collected): Page {
  return collected.kind === 'values' ? unpackValues(collected.values) : [];
}

export async function tapPage(page: Page, fn: (item: unknown) => unknown): Promise<Page> {
  for (let at = 0; at < page.length; at++) {
    const waiting = fn(page[at]);
    if (isThenable(waiting)) await waiting;
  }
  return page;
}
