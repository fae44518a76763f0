import { decodeThrown } from '../../src/wire/values/error.ts';
import type {
  AbortNote,
  SentArguments,
  ArgumentProxy,
  ProxyRequest,
  RequestOutcome,
} from '../../src/wire/remote/protocol.ts';
import { RemoteStream } from '../../src/wire/remote/remote-stream.ts';
import { readOutcome, readStep } from '../../src/wire/remote/read-outcome.ts';

// Methods of the object may replace the global.
const { AbortController } = globalThis;

/** Proxies of the arguments that stay with the callers of the running calls. */
export class Proxies {
  readonly #ask: (request: ProxyRequest) => Promise<RequestOutcome>;
  readonly #controllers = new Map<number, AbortController>();

  constructor(ask: (request: ProxyRequest) => Promise<RequestOutcome>) {
    this.#ask = ask;
  }

  /** Creates the proxies of a call, and puts them into the arguments. */
  create({ values, proxies: sent }: SentArguments): {
    readonly args: readonly unknown[];
    readonly proxies: CallProxies | undefined;
  } {
    if (sent === undefined) return { args: values, proxies: undefined };
    const args = [...values];
    const signals: number[] = [];
    for (const proxy of sent) {
      const value = this.#make(proxy);
      if (proxy.kind === 'signal') signals.push(proxy.id);
      if (proxy.key === undefined) args[proxy.at] = value;
      else {
        // The property is defined and not assigned: a key named __proto__ is one like the others.
        const property = { value, writable: true, enumerable: true, configurable: true };
        Object.defineProperty(args[proxy.at], proxy.key, property);
      }
    }
    return { args, proxies: new CallProxies(signals, this.#controllers) };
  }

  abort({ signal, reason }: AbortNote): void {
    this.#controllers.get(signal)?.abort(decodeThrown(reason));
  }

  #make({ kind, id, reason }: ArgumentProxy): unknown {
    switch (kind) {
      case 'callback':
        return async (...args: readonly unknown[]): Promise<unknown> =>
          readOutcome(await this.#ask({ kind: 'callback', id, args }), 'callback');
      case 'stream':
        return new RemoteStream(
          id,
          async (step) => readStep(await this.#ask(step)),
          () => {},
        );
      case 'signal': {
        const controller = new AbortController();
        this.#controllers.set(id, controller);
        if (reason !== undefined) controller.abort(decodeThrown(reason));
        return controller.signal;
      }
    }
  }
}

/** Proxies of the arguments of one call. */
export class CallProxies {
  readonly #signals: readonly number[];
  readonly #controllers: Map<number, AbortController>;

  constructor(signals: readonly number[], controllers: Map<number, AbortController>) {
    this.#signals = signals;
    this.#controllers = controllers;
  }

  /** Finds the signal that has fired with a thrown value as its reason. */
  findReason(thrown: unknown): number | undefined {
    return this.#signals.find((id) => {
      const signal = this.#controllers.get(id)?.signal;
      return signal?.aborted === true && signal.reason === thrown;
    });
  }

  /** Drops the proxies once the call is over. */
  end(): void {
    for (const id of this.#signals) this.#controllers.delete(id);
  }
}
