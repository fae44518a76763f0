import type { ToWorker, UndecodableMessage } from '../../src/wire/message/message.ts';

/** A message of main, readable or not. */
export type Received = ToWorker | UndecodableMessage;

interface Queued {
  readonly message: Received;
  next: Queued | undefined;
}

/** Messages that wait for their turn, chained by hand: a waiting task may have replaced what arrays can do. */
export class MessageQueue {
  #first: Queued | undefined;
  #last: Queued | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  add(message: Received): void {
    const queued: Queued = { message, next: undefined };
    if (this.#last === undefined) this.#first = queued;
    else this.#last.next = queued;
    this.#last = queued;
  }

  take(): Received | undefined {
    const taken = this.#first;
    this.#first = taken?.next;
    if (this.#first === undefined) this.#last = undefined;
    return taken?.message;
  }
}
