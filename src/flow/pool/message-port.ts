import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../wire/message.ts';
import type { LanePort } from './host.ts';

/** Main's end of a session with a thread. */
export class ThreadPort implements LanePort {
  readonly transfers = true;
  readonly #port: MessagePort;
  #hear: (message: FromWorker) => void = () => {};

  constructor(port: MessagePort) {
    this.#port = port;
  }

  listen(onMessage: (message: FromWorker) => void, onUndecodable: (thrown: unknown) => void): void {
    this.#hear = onMessage;
    this.#port.on('message', onMessage);
    this.#port.on('messageerror', onUndecodable);
  }

  post(message: ToWorker, transfers?: readonly Transferable[]): void {
    this.#port.postMessage(message, transfers);
  }

  close(): void {
    // What the worker still said before it died counts.
    for (let said = receiveMessageOnPort(this.#port); said; said = receiveMessageOnPort(this.#port)) {
      this.#hear(said.message as FromWorker);
    }
    this.#port.close();
  }
}
