import type { Flow, Page } from './flow.ts';
import type { Position } from '../position/position.ts';
import type { OpenedFlow } from '../position/tracker.ts';

/** A flow without its first results: those that were handed on before a run was cut off. */
export class DropFirst implements Flow<Page> {
  readonly #flow: Flow<Page>;
  #left: number;

  constructor(flow: Flow<Page>, count: number) {
    this.#flow = flow;
    this.#left = count;
  }

  get position(): Position | undefined {
    const { position } = this.#flow;
    return position === undefined || this.#left === 0
      ? position
      : { ...position, skip: position.skip + this.#left };
  }

  async next(): Promise<Page | undefined> {
    const page = await this.#flow.next();
    if (page === undefined || this.#left === 0) return page;
    const from = Math.min(this.#left, page.length);
    this.#left -= from;
    return Array.from(page).slice(from);
  }

  close(): Promise<void> {
    return this.#flow.close();
  }
}

export function dropFirst(flow: Flow<Page>, { skip }: OpenedFlow): Flow<Page> {
  return skip === 0 ? flow : new DropFirst(flow, skip);
}
