/** Things that come from many places at once, to be taken one by one, the first one first. */
export class Arrivals<T extends object> {
  readonly #waiting: T[] = [];
  #failure: { readonly thrown: unknown } | undefined;
  #isClosed = false;
  #wake: () => void = () => {};

  add(arrival: T): void {
    this.#waiting.push(arrival);
    this.#wake();
  }

  /** Makes `take` reject from here on, unless it does already. */
  fail(thrown: unknown): void {
    this.#failure ??= { thrown };
    this.#wake();
  }

  /** Ends the wait of `take`, which gives nothing from here on. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Resolves to what came first; `undefined` when nothing will come any more. */
  async take(): Promise<T | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.thrown;
      if (this.#isClosed) return undefined;
      const arrival = this.#waiting.shift();
      if (arrival !== undefined) return arrival;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
