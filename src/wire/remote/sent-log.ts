/** Number of messages that are remembered: that many may be under way when the other side could not read one. */
const REMEMBERED = 4096;

/** The call that a message was sent for, by its id, and the kind of the message. */
export interface Sent {
  readonly kind: 'request' | 'outcome';
  readonly id: number;
}

/**
 * A log of the call that each message was sent for, by its position among all messages. Both sides count messages: one
 * that cannot be decoded brings no id, and has a position all the same, since a port keeps its messages in order.
 */
export class SentLog {
  /** Ids of the calls: those of requests as they are, those of outcomes below 0. */
  readonly #ids = new Float64Array(REMEMBERED);
  #count = 0;

  /** @param sent - `undefined` for a message that nobody waits for. */
  add(kind: Sent['kind'] | undefined, id = 0): void {
    this.#ids[this.#count++ % REMEMBERED] = kind === 'outcome' ? -id : id;
  }

  /** Finds the message at a position; `undefined` where it is forgotten, or was one that nobody waits for. */
  find(position: number): Sent | undefined {
    if (position < this.#count - REMEMBERED || position >= this.#count) return undefined;
    const id = this.#ids[position % REMEMBERED] as number;
    if (id === 0) return undefined;
    return { kind: id < 0 ? 'outcome' : 'request', id: Math.abs(id) };
  }
}
