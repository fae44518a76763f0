/** Does a step as often as it is asked for, and never twice at once: what is asked for meanwhile is done once, behind it. */
export class Repeated {
  readonly #step: () => Promise<void>;
  #isAsked = false;
  #isBusy = false;

  constructor(step: () => Promise<void>) {
    this.#step = step;
  }

  /** Asks for the step. Resolves once nothing is asked for any more, or at once where that is waited for already. */
  async ask(): Promise<void> {
    this.#isAsked = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#isAsked) {
        this.#isAsked = false;
        // oxlint-disable-next-line no-await-in-loop -- one after the other is the purpose.
        await this.#step();
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
