import { giveBack, type Permits } from './permits.ts';
import { nameDisposal } from '../../realm/disposal.ts';
import { keepHere } from '../../realm/stays-here.ts';

/** A permit, or a lock, until it is released; `using` releases it at the end of the block. */
export class Hold implements Disposable {
  readonly #permits: Permits;
  #at: number;

  constructor(permits: Permits, at: number) {
    this.#permits = permits;
    this.#at = at;
  }

  /** Gives the permit or the lock back. Calling it twice is fine. */
  release(): void {
    if (this.#at === -1) return;
    giveBack(this.#permits, this.#at);
    this.#at = -1;
  }

  [Symbol.dispose](): void {
    this.release();
  }

  static {
    nameDisposal(this.prototype, 'dispose');
  }
}

keepHere(Hold.prototype, {
  noun: 'a lock or a permit that is held here',
  fix: 'Pass the Mutex or the Semaphore, and take one in the task.',
});
