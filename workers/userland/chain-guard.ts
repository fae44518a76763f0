import {
  enterUserland,
  hasReplacements,
  isAsBefore,
  isInUserland,
  leaveCall,
  leaveUserland,
} from './userland.ts';

// This is taken now, since tasks may replace it.
const { apply } = Reflect;

/** Number of calls behind which a chain looks whether they have replaced anything: who does so does it at once. */
const FIRST_LOOKS = 8;

/** Makes, of a function of the user's, one that puts back behind each call what tasks have replaced. */
export type GuardCall = <F extends (...args: never[]) => unknown>(fn: F) => F;

/** The chain, as far as its guard tells it how to call what is of the user's. */
export interface GuardedChain {
  /** Guards all calls from now on. */
  turnOn(guard: GuardCall): void;
  /** Asks for no more looks behind calls: none is left. */
  endLooks(): void;
}

/**
 * Keeps what tasks have replaced away from what a chain does between its stages. While nothing is replaced, the stages
 * are called as they are. From then on the chain runs outside of userland, and enters it for each call: a look at all
 * intrinsics for each, where a chunk takes one otherwise.
 */
export class ChainGuard {
  /** Whether the chain runs outside of userland. */
  isOn = false;
  /** Number of looks that are left. */
  #looks: number = FIRST_LOOKS;
  #isNested = false;
  readonly #chain: GuardedChain;

  constructor(chain: GuardedChain) {
    this.#chain = chain;
  }

  /** Begins a chunk. Within a task, where all of Telar runs in userland, nothing can be kept away. */
  begin(): void {
    this.#isNested = isInUserland();
    if (!this.#isNested && hasReplacements()) this.#turnOn();
  }

  /** Looks whether the call before has replaced something, as long as looks are left. */
  look(): void {
    if (this.#looks === 0) return;
    if (--this.#looks === 0) this.#chain.endLooks();
    if (this.isOn) {
      // A stage that is being waited for is in userland.
      if (!isInUserland()) leaveUserland();
      return;
    }
    if (this.#isNested || isAsBefore()) return;
    leaveUserland();
    if (hasReplacements()) this.#turnOn();
    else enterUserland();
  }

  #turnOn(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.#chain.turnOn(guardCall);
  }
}

function guardCall<F extends (...args: never[]) => unknown>(fn: F): F {
  const guarded = (...args: never[]): unknown => {
    // A stage is being waited for.
    if (isInUserland()) return apply(fn, undefined, args);
    enterUserland();
    try {
      return apply(fn, undefined, args);
    } finally {
      leaveCall();
    }
  };
  return guarded as F;
}
