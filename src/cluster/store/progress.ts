import type { Socket } from 'node:net';

/** Milliseconds between two looks at what has crossed. */
const LOOK = 500;
/**
 * Milliseconds after which a connection over which nothing crosses is taken for lost; while many bytes wait for an answer, some
 * of them are in buffers on their way, and nobody sees them move. */
const STILL = 4000;
const STILL_WITH_MANY = 15_000;
const MANY = 1024 * 1024;
/** Bytes that a lost connection seems to take all the same: questions go into the buffers of this machine. */
const LITTLE = 32 * 1024;

interface Crossed {
  received: number;
  sent: number;
  /** Bytes that had been sent when something was received last. */
  answered: number;
  /** Time at which something crossed last, in ms of `performance.now()`. */
  at: number;
}

/** Tells connections that are slow, over which many bytes cross, from those that are lost. */
export class Progress {
  readonly #list: () => Iterable<Socket | undefined>;
  readonly #crossed = new WeakMap<Socket, Crossed>();
  readonly #timer: NodeJS.Timeout;

  /** @param list - Lists the connections that there are. */
  constructor(list: () => Iterable<Socket | undefined>) {
    this.#list = list;
    this.#timer = setInterval(() => this.#look(), LOOK).unref();
  }

  /**
   * Tells whether something crosses over a connection, or it is too young to say.
   *
   * @param silence - Milliseconds for which an answer was waited for.
   */
  isMoving(socket: Socket | undefined, silence: number): boolean {
    if (socket === undefined || socket.destroyed) return false;
    const crossed = this.#crossed.get(socket);
    if (crossed === undefined) return true;
    const still = crossed.sent - crossed.answered > MANY ? STILL_WITH_MANY : Math.min(STILL, silence - LOOK);
    return performance.now() - crossed.at < still;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const socket of this.#list()) {
      if (socket === undefined) continue;
      const received = socket.bytesRead;
      const sent = countSent(socket);
      const before = this.#crossed.get(socket);
      if (before === undefined) this.#crossed.set(socket, { received, sent, answered: sent, at: now });
      else if (received > before.received) Object.assign(before, { received, sent, answered: sent, at: now });
      else if (sent > before.sent + LITTLE) Object.assign(before, { sent, at: now });
    }
  }
}

/**
 * Counts what a socket has handed to the system. A write counts as done in Node.js once all of it is, so that of one with many
 * bytes the handle is asked as well, as Node.js itself does before it calls a socket idle.
 */
function countSent(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: { readonly writeQueueSize?: number } | null };
  return (2 * socket.bytesWritten - socket.writableLength - (handle?.writeQueueSize ?? 0)) / 2;
}
