import { isThenable } from '../../async/iterator-step.ts';
import { NOTHING } from './source.ts';

/** An input that gives its portions one at a time. */
export interface PortionedInput<P, G = P> {
  /** Whether as much was read as may wait. */
  readonly isFull: boolean;
  /** Gives what the next portion is in. Calls do not overlap. */
  pull(): PromiseLike<G>;
  /** Returns the portion, or the promise of it, in what was given; `NOTHING` at the end. */
  unwrap(given: G): P | PromiseLike<P> | typeof NOTHING;
  /** Takes note of a portion before it can be taken. Returns false for one with nothing in it. */
  note?(portion: P): boolean;
  /** Closes what has ended, or failed, before anybody hears of that. */
  release?(): Promise<void>;
}

/** Places of portions that were taken after which these places are given up: `shift` of an array moves all others. */
const MOST_TAKEN = 1024;

/** Portions of an input, read a little ahead of whoever takes them. */
export class ReadAhead<P, G = P> {
  readonly #input: PortionedInput<P, G>;
  /** Portions that wait, from `#first` on. */
  readonly #portions: (P | undefined)[] = [];
  #first = 0;
  #isReading = false;
  #isDone = false;
  #failure: { readonly thrown: unknown } | undefined;
  #notify: () => void = () => {};

  constructor(input: PortionedInput<P, G>) {
    this.#input = input;
  }

  /** Number of portions that wait. */
  get length(): number {
    return this.#portions.length - this.#first;
  }

  /** Whether nothing more will be had: no portion, and no failure. */
  get isEnded(): boolean {
    return this.#isDone && this.length === 0 && this.#failure === undefined;
  }

  /** Whether the input has failed behind the portions that wait. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Sets the listener that is told when something may be had again. */
  onReady(listener: () => void): void {
    this.#notify = listener;
  }

  /** Tells the listener. */
  notify(): void {
    this.#notify();
  }

  /** Takes the next portion; `NOTHING` where none waits. */
  shift(): P | typeof NOTHING {
    if (this.length === 0) return NOTHING;
    const portion = this.#portions[this.#first] as P;
    this.#portions[this.#first++] = undefined;
    if (this.length === 0) this.#clear();
    else if (this.#first >= MOST_TAKEN) {
      this.#portions.splice(0, this.#first);
      this.#first = 0;
    }
    return portion;
  }

  /** Throws what the input has failed with, once. */
  throwFailure(): void {
    if (this.#failure === undefined) return;
    const { thrown } = this.#failure;
    this.#failure = undefined;
    throw thrown;
  }

  /** Drops what waits, and reads no more. Returns whether the input had not come to its end. */
  close(): boolean {
    const wasOpen = !this.#isDone;
    this.#isDone = true;
    this.#clear();
    this.#failure = undefined;
    return wasOpen;
  }

  #clear(): void {
    this.#portions.length = 0;
    this.#first = 0;
  }

  /** Reads until enough waits, unless that is in progress. */
  read(): void {
    // A read of nothing would notify the listener at once, which asks because it was notified.
    if (!this.#isReading && !this.#isDone && !this.#input.isFull) void this.#readOn();
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    try {
      while (!this.#isDone && !this.#input.isFull) {
        const given = this.#input.unwrap(await this.#input.pull());
        // Most items of an asynchronous input are no promises once more, and each wait costs.
        const portion = isThenable(given) ? ((await given) as P) : given;
        // The input was closed while it gave this.
        if (this.#isDone) return;
        if (portion === NOTHING) {
          this.#isDone = true;
          await this.#input.release?.();
          break;
        }
        if (this.#input.note?.(portion) === false) continue;
        this.#portions.push(portion);
        this.#notify();
      }
    } catch (thrown) {
      if (this.#isDone) return;
      this.#isDone = true;
      this.#failure = { thrown };
      await this.#input.release?.();
    } finally {
      this.#isReading = false;
    }
    this.#notify();
  }
}
