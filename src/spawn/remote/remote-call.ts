import { RemoteStream } from '../../wire/remote/remote-stream.ts';
import { nameDisposal } from '../../realm/disposal.ts';

type Step = IteratorResult<unknown, unknown>;

/**
 * The result of a remote method: whether the method streams is known only when the answer is here, so the result is a
 * promise that can be iterated as well.
 */
export class RemoteCall extends Promise<unknown> implements AsyncGenerator<unknown, unknown, unknown> {
  next(...sent: [] | [unknown]): Promise<Step> {
    return this.#read((stream) => stream.next(...sent));
  }

  return(value?: unknown): Promise<Step> {
    return this.#read((stream) => stream.return(value));
  }

  throw(thrown: unknown): Promise<Step> {
    return this.#read((stream) => stream.throw(thrown));
  }

  /** Gives the call itself. A failure of it is one of its steps from here on, whenever its reader asks for one. */
  [Symbol.asyncIterator](): this {
    void this.then(undefined, () => {});
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  static {
    nameDisposal(this.prototype, 'asyncDispose');
  }

  #read<R>(read: (stream: RemoteStream) => Promise<R>): Promise<R> {
    return this.then((value) => {
      if (value instanceof RemoteStream) return read(value);
      throw new TypeError('The method gave a value, and nothing to iterate: await the call.');
    });
  }
}

// `await` is to take a call as it is, and `then` to make plain promises: both look for the constructor.
void Object.defineProperty(RemoteCall.prototype, 'constructor', { value: Promise });
