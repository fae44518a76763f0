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

/**
 * Keeps what tasks have replaced away from what a chain does between its stages. While nothing is replaced, the stages
 * are called as they are. From then on the chain runs outside of userland, and enters it for each call: a look at all
 * intrinsics for each, where a chunk takes one otherwise.
 */
export class ChainGuard {
  /** Number of looks that are left. */
  looks: number = FIRST_LOOKS;
  /** Whether the chain runs outside of userland. */
  isOn = false;
  #isNested = false;
  readonly #onTurn: (guard: GuardCall) => void;

  /** @param onTurn - Called when calls are to be guarded from now on. */
  constructor(onTurn: (guard: GuardCall) => void) {
    this.#onTurn = onTurn;
  }

  /** Begins a chunk. Within a task, where all of Telar runs in userland, nothing can be kept away. */
  begin(): void {
    this.#isNested = isInUserland();
    if (!this.#isNested && hasReplacements()) this.#turnOn();
  }

  /** Looks whether the call before has replaced something. */
  look(): void {
    this.looks--;
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
    this.#onTurn(guardCall);
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
