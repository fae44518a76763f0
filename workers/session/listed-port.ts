import type { MessagePort, Transferable } from 'node:worker_threads';
import { listAnswer, type MessageList, readChunk } from '../../src/wire/frames/message-list.ts';
import type { FromWorker, SessionPort, ToWorker } from '../../src/wire/message/message.ts';

/** The worker's end of a session with a thread, on which chunks and answers cross as lists. */
export class ListedPort implements SessionPort {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  on(event: 'message' | 'messageerror', listener: (value: never) => void): void {
    if (event === 'messageerror') this.#port.on(event, listener as (thrown: unknown) => void);
    else {
      const hear = listener as (message: ToWorker) => void;
      this.#port.on(event, (said: ToWorker | MessageList) => hear(readChunk(said)));
    }
  }

  postMessage(message: FromWorker, transfers?: readonly Transferable[]): void {
    this.#port.postMessage(listAnswer(message), transfers);
  }

  close(): void {
    this.#port.close();
  }
}
