import type { Backlog } from '../../flow/launch/backlog.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { DeadLetter, ErrorPolicy } from '../stage/dead-letters.ts';
import { Wakeup } from '../flows/wakeup.ts';
import type { Position } from '../position/position.ts';

/** Results that the stages on the workers made of a chunk. */
export interface Portion {
  readonly collected: Collected | undefined;
  readonly items: number;
  readonly bytes: number;
  readonly letters: readonly { readonly policy: NonNullable<ErrorPolicy>; readonly letter: DeadLetter }[];
  /** Failure that ends the flow behind this portion. */
  readonly failure: { readonly reason: unknown } | undefined;
  /** Returns where the flow stands behind this portion, once its dead letters were written. */
  readonly position: (before: Position | undefined) => Position | undefined;
}

/** Portions that wait to be taken, in order, and what comes behind the last. */
export class Portions {
  /** Position behind the portions that were taken. */
  position: Position | undefined;
  readonly #waiting: Portion[] = [];
  readonly #backlog: Backlog;
  readonly #release: (portion: Collected) => void;
  readonly #wakeup = new Wakeup();
  #isDone = false;
  #failure: { readonly reason: unknown } | undefined;

  /** @param release - Takes back a portion that nobody is given. */
  constructor(backlog: Backlog, start: Position | undefined, release: (portion: Collected) => void) {
    this.#backlog = backlog;
    this.#release = release;
    this.position = start;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(portion: Portion): void {
    this.#waiting.push(portion);
    this.#wakeup.call();
  }

  /** Notes that no portion follows those that are there. Returns whether somebody may still ask for them. */
  end(failure: { readonly reason: unknown } | undefined): boolean {
    const isOpen = !this.#isDone;
    if (isOpen) this.#failure = failure;
    this.#isDone = true;
    this.#wakeup.call();
    return isOpen;
  }

  /** Drops all portions. */
  close(): void {
    this.#isDone = true;
    this.#waiting.length = 0;
    this.#wakeup.call();
  }

  /** Takes the next portion, and writes its dead letters. Rejects, once, with what ended the flow. */
  async next(): Promise<Collected | undefined> {
    for (;;) {
      const portion = this.#waiting.shift();
      if (portion === undefined) {
        const failure = this.#failure;
        this.#failure = undefined;
        if (failure !== undefined) throw failure.reason;
        if (this.#isDone) return undefined;
        await this.#wakeup.wait();
        continue;
      }
      this.#backlog.release(portion.bytes);
      this.#backlog.take(portion.items);
      for (const { policy, letter } of portion.letters) await policy.write(letter);
      if (portion.failure !== undefined) {
        this.#failure = portion.failure;
        this.#waiting.length = 0;
        this.#isDone = true;
        // What a chunk gave before its failure comes again when the run goes on, and must not come twice.
        if (this.position !== undefined) continue;
      }
      this.position = portion.position(this.position);
      if (portion.collected === undefined) continue;
      // Items are behind a portion also where nothing has come out of them.
      if (portion.collected.count > 0 || this.position !== undefined) return portion.collected;
      this.#release(portion.collected);
    }
  }
}
