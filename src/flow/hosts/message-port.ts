import type { MessagePort, Transferable } from 'node:worker_threads';
import { listChunk, readAnswer } from '../../wire/frames/message-list.ts';
import type { FromWorker, ToWorker } from '../../wire/message/message.ts';
import { takeMessage } from '../../wire/message/take-message.ts';
import type { WorkerPort } from './host.ts';

/** The main thread's end of a session with a thread. */
export class ThreadPort implements WorkerPort {
  readonly transfers = true;
  readonly #port: MessagePort;
  readonly #isListed: boolean;
  #hear: (message: FromWorker) => void = () => {};
  #hearUndecodable: (thrown: unknown) => void = () => {};

  /**
   * @param isListed - Whether chunks and answers cross as lists, which the other end is to know: it may be of another copy
   *   of Telar where it stands on this very thread.
   */
  constructor(port: MessagePort, isListed: boolean) {
    this.#port = port;
    this.#isListed = isListed;
  }

  listen(onMessage: (message: FromWorker) => void, onUndecodable: (thrown: unknown) => void): void {
    this.#hear = onMessage;
    this.#hearUndecodable = onUndecodable;
    this.#port.on(
      'message',
      this.#isListed ? (said: unknown) => onMessage(readAnswer(said) as FromWorker) : onMessage,
    );
    this.#port.on('messageerror', onUndecodable);
  }

  post(message: ToWorker, transfers?: readonly Transferable[]): void {
    this.#port.postMessage(this.#isListed ? listChunk(message) : message, transfers);
  }

  /** Sets whether the port keeps the process alive. */
  keepAwake(isAwake: boolean): void {
    if (isAwake) this.#port.ref();
    else this.#port.unref();
  }

  close(): void {
    // What the worker still said before it died counts.
    const take = (): { readonly message: unknown } | undefined =>
      takeMessage(this.#port, this.#hearUndecodable);
    for (let said = take(); said !== undefined; said = take())
      this.#hear((this.#isListed ? readAnswer(said.message) : said.message) as FromWorker);
    this.#port.close();
  }
}
