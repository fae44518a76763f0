import type { Socket } from 'node:net';
import { assertFrameable, decodeBody, encodeFrame } from '../../wire/frames/frame.ts';
import { FrameDecoder } from '../../wire/frames/decoder.ts';
import type { FromWorker, ToWorker, RecyclePolicy } from '../../wire/message/message.ts';
import type { WorkerPort } from '../hosts/host.ts';

/** A message that only child processes are sent, beside those that all workers are sent: a session begins. */
export interface OpenMessage {
  readonly type: 'open';
  readonly importTimeout: number;
  readonly recycle: RecyclePolicy | undefined;
}

/** A message that only child processes send, beside those that all workers send: the session is over. */
export interface EndedMessage {
  readonly type: 'ended';
}

/** The main thread's end of the messages with a child process, over a pipe. */
export class PipePort implements WorkerPort {
  readonly transfers = false;
  /** Whether the child has said anything at all. */
  hasHeard = false;
  readonly #socket: Socket;
  #hear: (message: FromWorker) => void = () => {};
  #hearUndecodable: (thrown: unknown) => void = () => {};

  /**
   * @param onEnded - Called when the session is over.
   * @param onBroken - Called when the pipe holds what the child's Telar has not written.
   */
  constructor(socket: Socket, onEnded: () => void, onBroken: (thrown: unknown) => void) {
    this.#socket = socket;
    const decoder = new FrameDecoder((body) => {
      this.hasHeard = true;
      let message: FromWorker | EndedMessage;
      try {
        message = decodeBody(body) as FromWorker | EndedMessage;
      } catch (thrown) {
        this.#hearUndecodable(thrown);
        return;
      }
      if ((message as EndedMessage | null)?.type === 'ended') onEnded();
      else this.#hear(message as FromWorker);
    });
    const read = (piece: Uint8Array): void => {
      try {
        decoder.push(piece);
      } catch (thrown) {
        socket.off('data', read);
        socket.resume();
        onBroken(thrown);
      }
    };
    socket.on('data', read);
    // Errors of the pipe are ignored, since a child's exit tells of its death.
    socket.on('error', () => {});
  }

  listen(onMessage: (message: FromWorker) => void, onUndecodable: (thrown: unknown) => void): void {
    this.#hear = onMessage;
    this.#hearUndecodable = onUndecodable;
  }

  post(message: ToWorker | OpenMessage): void {
    const frame = encodeFrame(message);
    if (!this.#socket.destroyed) this.#socket.write(frame);
  }

  /** Stops listening until the next session. */
  close(): void {
    this.#hear = () => {};
    this.#hearUndecodable = () => {};
  }

  tryClone(value: unknown): void {
    assertFrameable(value);
  }
}
