import { NOTHING, Placeholder, SettledPlaceholder } from '../source/source.ts';

/** Most milliseconds for which known outcomes are put in their places before the event loop turns. */
const LONGEST_TURN = 5;

/** Items of a range that was compared, with a placeholder for those whose outcomes are known. */
export class ReplayQueue {
  /** Number of items that are left, those that placeholders stand for included. */
  count = 0;
  readonly #entries: unknown[] = [];
  #turnStart = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Adds the items of a range, from position `from` on. */
  add(items: readonly unknown[], from: number, recalled: ReplayedOutcomes): void {
    for (let at = 0; at < items.length; at++) {
      let count = 0;
      while (at + count < items.length && recalled.has(from + at + count)) count++;
      if (count === 0) {
        this.#entries.push(items[at]);
      } else {
        const first = from + at;
        this.#entries.push(new SettledPlaceholder(count, () => recalled.settle(first, count)));
        at += count - 1;
      }
    }
    this.count += items.length;
  }

  /** Takes the next entry; `NOTHING` when the event loop is to turn first, of which `onTurned` tells then. */
  take(onTurned: () => void): unknown {
    const entry = this.#entries[0];
    if (isSettled(entry) && this.#isTurnLong()) {
      setImmediate(onTurned);
      return NOTHING;
    }
    this.#entries.shift();
    this.count -= Placeholder.is(entry) ? entry.count : 1;
    return entry;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  #isTurnLong(): boolean {
    const now = performance.now();
    if (this.#turnStart === 0) this.#turnStart = now;
    if (now - this.#turnStart < LONGEST_TURN) return false;
    this.#turnStart = 0;
    return true;
  }
}

/** Tells whether an entry stands for known outcomes. An item may be a proxy, of which `instanceof` could throw. */
function isSettled(entry: unknown): boolean {
  return Placeholder.is(entry) && entry instanceof SettledPlaceholder;
}

interface ReplayedOutcomes {
  has(position: number): boolean;
  settle(from: number, count: number): void;
}
