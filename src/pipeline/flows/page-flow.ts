import type { Flow } from './flow.ts';

/** Turns each portion of a flow into another, one at a time and in order: taps, merges, encoding on this thread. */
export class PageFlow<P, Q> implements Flow<Q> {
  readonly #flow: Flow<P>;
  readonly #turn: (portion: P) => Q | Promise<Q>;
  readonly #end: () => Q | undefined;
  #isEnded = false;

  /** @param end - What is left to say when the flow before has ended. */
  constructor(
    flow: Flow<P>,
    turn: (portion: P) => Q | Promise<Q>,
    end: () => Q | undefined = (): undefined => undefined,
  ) {
    this.#flow = flow;
    this.#turn = turn;
    this.#end = end;
  }

  async next(): Promise<Q | undefined> {
    if (this.#isEnded) return undefined;
    const portion = await this.#flow.next();
    if (portion !== undefined) return await this.#turn(portion);
    this.#isEnded = true;
    return this.#end();
  }

  close(): Promise<void> {
    this.#isEnded = true;
    return this.#flow.close();
  }
}
