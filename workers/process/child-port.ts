import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { FrameDecoder } from '../../src/wire/frames/decoder.ts';
import { assertFrameable, decodeBody, encodeFrame } from '../../src/wire/frames/frame.ts';
import type { FromWorker, SessionPort, ToWorker, RecyclePolicy } from '../../src/wire/message/message.ts';
import { outsideUserland } from '../userland/userland.ts';

/** Message with which main opens a session. */
interface OpenMessage {
  readonly type: 'open';
  readonly importTimeout: number;
  readonly recycle: RecyclePolicy | undefined;
}

/** Time to wait until a full pipe may have room again, in ms. */
const FULL = 0.1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** A message that came, and those after it: chained by hand, since a task may have replaced what arrays can do. */
interface Heard {
  readonly message?: ToWorker | OpenMessage;
  readonly failure?: { readonly thrown: unknown };
  next: Heard | undefined;
}

function read(body: Buffer): Pick<Heard, 'message' | 'failure'> {
  try {
    return { message: decodeBody(body) as ToWorker | OpenMessage };
  } catch (thrown) {
    return { failure: { thrown } };
  }
}

/** The child's end of the pipe that messages go over. */
export class ChildPort {
  readonly #fd: number;
  #session: ChildSessionPort | undefined;

  constructor(socket: Socket, fd: number, onOpen: (message: OpenMessage) => void) {
    this.#fd = fd;
    let first: Heard | undefined;
    let last: Heard | undefined;
    const decoder = new FrameDecoder((body) => {
      const heard: Heard = { ...read(body), next: undefined };
      if (last === undefined) first = heard;
      else last.next = heard;
      last = heard;
    });
    socket.on('data', (piece: Uint8Array) => {
      outsideUserland(() => decoder.push(piece));
      // All messages are read before the first is acted upon: a task may run from there on.
      let heard = first;
      first = undefined;
      last = undefined;
      for (; heard !== undefined; heard = heard.next) {
        if (heard.failure !== undefined) this.#session?.fail(heard.failure.thrown);
        else if (heard.message?.type === 'open') onOpen(heard.message);
        else if (heard.message !== undefined) this.#session?.receive(heard.message);
      }
    });
    socket.on('error', () => {});
  }

  openSession(): SessionPort {
    this.#session = new ChildSessionPort((message) => this.post(message));
    return this.#session;
  }

  /** Puts a message into the pipe before it returns, so that it arrives whatever becomes of this process then. */
  post(message: FromWorker | { readonly type: 'ended' }): void {
    const frame = encodeFrame(message);
    for (let from = 0; from < frame.length;) {
      try {
        from += writeSync(this.#fd, frame, from);
      } catch (thrown) {
        const { code } = thrown as NodeJS.ErrnoException;
        // Main is gone, and so will this process be.
        if (code === 'EPIPE' || code === 'ECONNRESET') return;
        if (code !== 'EAGAIN') throw thrown;
        Atomics.wait(sleeper, 0, 0, FULL);
      }
    }
  }
}

/** One session's view of the child's port. */
class ChildSessionPort implements SessionPort {
  readonly #post: (message: FromWorker) => void;
  #onMessage: (message: ToWorker) => void = () => {};
  #onUndecodable: (thrown: unknown) => void = () => {};

  constructor(post: (message: FromWorker) => void) {
    this.#post = post;
  }

  on(event: 'message' | 'messageerror', listener: (value: never) => void): void {
    if (event === 'message') this.#onMessage = listener as (message: ToWorker) => void;
    else this.#onUndecodable = listener as (thrown: unknown) => void;
  }

  receive(message: ToWorker): void {
    this.#onMessage(message);
  }

  fail(thrown: unknown): void {
    this.#onUndecodable(thrown);
  }

  postMessage(message: FromWorker): void {
    this.#post(message);
  }

  tryClone(value: unknown): void {
    assertFrameable(value);
  }

  close(): void {
    this.#onMessage = () => {};
    this.#onUndecodable = () => {};
  }
}
