import type { InputPlace } from './inputs/byte-input.ts';

/** Goes through the inputs of a reader, one after the other; none is opened here. */
export class InputCursor {
  /** Number of the input that is read, or was read last. */
  at: number;
  /** Input that is read, or was read last. */
  place: InputPlace | undefined;
  readonly #places: AsyncIterator<InputPlace>;
  #isEnded = false;

  /** @param first - Number of the first input. */
  constructor(places: AsyncIterable<InputPlace>, first: number) {
    this.#places = places[Symbol.asyncIterator]();
    this.at = first - 1;
  }

  /** Goes on to the next input; resolves to false when there is none. */
  async next(): Promise<boolean> {
    const step = await this.#places.next();
    if (step.done === true) {
      this.#isEnded = true;
      return false;
    }
    this.at++;
    this.place = step.value;
    return true;
  }

  async close(): Promise<void> {
    if (!this.#isEnded) await this.#places.return?.();
    this.#isEnded = true;
  }
}
