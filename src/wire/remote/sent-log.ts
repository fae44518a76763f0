/** How many messages are remembered: so many may be under way when the other side says that it could not read one. */
const REMEMBERED = 4096;

/** What a message was sent for. */
export interface Sent {
  readonly kind: 'request' | 'outcome';
  readonly id: number;
}

/**
 * Which message was sent for which call, by its position among all messages. Both sides count them: a message that cannot
 * be decoded brings no id, and has a position all the same, since a port keeps its messages in order.
 */
export class SentLog {
  /** Ids of requests as they are, ids of outcomes below 0. */
  readonly #ids = new Float64Array(REMEMBERED);
  #count = 0;

  /** @param sent - `undefined` for a message that nobody waits for. */
  add(kind: Sent['kind'] | undefined, id = 0): void {
    this.#ids[this.#count++ % REMEMBERED] = kind === 'outcome' ? -id : id;
  }

  /** What was sent at a position; `undefined` where that is forgotten, or was a message that nobody waits for. */
  find(position: number): Sent | undefined {
    if (position < this.#count - REMEMBERED || position >= this.#count) return undefined;
    const id = this.#ids[position % REMEMBERED] as number;
    if (id === 0) return undefined;
    return { kind: id < 0 ? 'outcome' : 'request', id: Math.abs(id) };
  }
}
