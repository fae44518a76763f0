import { createDeferred, type Deferred } from '../../async/deferred.ts';

/** Lets one waiter sleep until there is something to look at. A call that nobody waits for is not lost. */
export class Wakeup {
  #waiting: Deferred<void> | undefined;
  #isCalled = false;

  call(): void {
    this.#isCalled = true;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  async wait(): Promise<void> {
    if (!this.#isCalled) {
      this.#waiting ??= createDeferred();
      await this.#waiting.promise;
    }
    this.#isCalled = false;
  }
}
