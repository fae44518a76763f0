import { type Position, positionAt, type Tracking } from '../position/position.ts';
import type { IoCall } from './io-call.ts';

/** Knows how far the calls of a stage have left it, in input order, where somebody wants to know. */
export class IoProgress {
  position: Position | undefined;
  readonly #tracking: Tracking | undefined;
  /** Number of calls that have left; `#given` is what the next has given so far. */
  #left: number;
  #given = 0;
  #noted: number;

  constructor(tracking: Tracking | undefined) {
    this.#tracking = tracking;
    this.position = tracking?.start;
    this.#left = tracking?.start.index ?? 0;
    this.#noted = this.#left;
  }

  /** Notes that a call has left the stage. */
  leave(call: IoCall): void {
    // A call that failed has to run again when the run goes on, and one that said `stop` has to say so again.
    if (call.outcome === 'failed' || call.outcome === 'stopped') this.#given = call.taken;
    else this.#left++;
  }

  /**
   * Sets the position behind all that has left.
   *
   * @param next - Call that leaves next.
   * @returns Whether calls have left since the last time, as far as somebody wants to know.
   */
  update(next: IoCall | undefined): boolean {
    if (this.#tracking === undefined) return false;
    this.position = positionAt(this.#tracking, this.#left, next?.taken ?? this.#given);
    const isFurther = this.#left > this.#noted;
    this.#noted = this.#left;
    return isFurther;
  }
}
