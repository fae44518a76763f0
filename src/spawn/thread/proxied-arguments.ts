import { type AsyncContext, captureContext } from '../../async/async-context.ts';
import { encodeThrown } from '../../wire/values/error.ts';
import type {
  SentArguments,
  ArgumentProxy,
  ProxyRequest,
  RequestOutcome,
} from '../../wire/remote/protocol.ts';
import { findIterator, ServedStreams } from '../../wire/remote/served-streams.ts';
import { isTransfer } from '../../wire/values/transfer.ts';
import type { SignalRelay } from './signal-relay.ts';

type Callback = (...args: readonly unknown[]) => unknown;

/** The arguments of a call as they are sent, and the hold on those that stay here. */
export interface ProxiedCall {
  readonly args: SentArguments;
  /** Hold on the arguments that stay here; `undefined` when all are cloned. */
  readonly open: OpenProxies | undefined;
}

/** The arguments of one call that stay here, as long as the call is open. */
export interface OpenProxies {
  /** Whether an iterator is among them, which can be read once only. */
  readonly hasStream: boolean;
  findSignal(id: number): AbortSignal | undefined;
  /** Lets go of all: callbacks are no longer called, iterators are closed, signals no longer heard. */
  end(): void;
}

/** Arguments of the calls on one thread that stay here: callbacks, signals and iterators, which cannot be cloned. */
export class ProxiedArguments {
  readonly #relay: SignalRelay;
  readonly #streams = new ServedStreams(() => {
    throw new TypeError(
      'The call that this iterator was passed to has settled: iterators end with their call.',
    );
  });
  /** Callbacks, each with the object that it is a method of, and the context of its call. */
  readonly #callbacks = new Map<
    number,
    { readonly callback: Callback; readonly holder: object | undefined; readonly enter: AsyncContext }
  >();
  #count = 0;
  #served = 0;
  #isEntered = false;

  constructor(relay: SignalRelay) {
    this.#relay = relay;
  }

  /**
   * Replaces callbacks, signals and iterators by proxies: an argument, or a property of an argument that is a plain
   * object. Called in the context of the call, in which callbacks and iterators then run.
   */
  proxy(values: readonly unknown[]): ProxiedCall {
    if (values.every(isPrimitive)) return { args: { values, proxies: undefined }, open: undefined };
    const proxies: ArgumentProxy[] = [];
    const signals = new Map<number, AbortSignal>();
    const copy: unknown[] = [...values];
    values.forEach((value, at) => {
      const proxy = this.#proxyValue(value, at, undefined, signals);
      if (proxy !== undefined) {
        proxies.push(proxy);
        copy[at] = undefined;
      } else if (isPlain(value) && !isTransfer(value)) {
        const kept = this.#proxyProperties(value, at, proxies, signals);
        if (kept !== undefined) copy[at] = kept;
      }
    });
    if (proxies.length === 0) return { args: { values, proxies: undefined }, open: undefined };
    const hasStream = proxies.some(({ kind }) => kind === 'stream');
    const findSignal = (id: number): AbortSignal | undefined => signals.get(id);
    const end = (): void => proxies.forEach((proxy) => this.#release(proxy, signals));
    return { args: { values: copy, proxies }, open: { hasStream, findSignal, end } };
  }

  /** Number of callbacks and steps of iterators that have not settled. */
  get served(): number {
    return this.#served;
  }

  /** Whether the code that runs now is that of a callback or an iterator, before it waits for anything. */
  get isEntered(): boolean {
    return this.#isEntered;
  }

  /** Answers a request of a proxy on the other side. */
  async serve(request: ProxyRequest): Promise<RequestOutcome> {
    this.#served++;
    this.#isEntered = true;
    const answering = this.#answer(request);
    this.#isEntered = false;
    try {
      return await answering;
    } finally {
      this.#served--;
    }
  }

  async #answer(request: ProxyRequest): Promise<RequestOutcome> {
    if (request.kind !== 'callback') return await this.#streams.step(request);
    const original = this.#callbacks.get(request.id);
    if (original === undefined) {
      throw new TypeError(
        'The call that this callback was passed to has settled: callbacks end with their call.',
      );
    }
    const { callback, holder, enter } = original;
    return { kind: 'value', value: await enter(() => Reflect.apply(callback, holder, request.args)) };
  }

  /** Lets go of all, once the other side has ended. */
  end(): void {
    this.#callbacks.clear();
    this.#relay.end();
    void this.#streams.closeAll().catch(() => {});
  }

  #proxyProperties(
    value: Record<string, unknown>,
    at: number,
    proxies: ArgumentProxy[],
    signals: Map<number, AbortSignal>,
  ): object | undefined {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const proxy = this.#proxyValue(value[key], at, key, signals, value);
      if (proxy === undefined) continue;
      proxies.push(proxy);
      copy ??= { ...value };
      delete copy[key];
    }
    return copy;
  }

  #proxyValue(
    value: unknown,
    at: number,
    key: string | undefined,
    signals: Map<number, AbortSignal>,
    holder?: object,
  ): ArgumentProxy | undefined {
    if (typeof value === 'function') {
      const id = this.#nextId();
      // The context is captured now: a callback is asked for by a message, which has no context of its caller's.
      this.#callbacks.set(id, { callback: value as Callback, holder, enter: captureContext() });
      return { kind: 'callback', id, at, key };
    }
    if (typeof value !== 'object' || value === null || isTransfer(value)) return undefined;
    if (value instanceof AbortSignal) {
      const id = this.#relay.add(value);
      signals.set(id, value);
      const reason = value.aborted ? encodeThrown(value.reason) : undefined;
      return { kind: 'signal', id, at, key, reason };
    }
    const iterator = findIterator(value);
    if (iterator === undefined) return undefined;
    return { kind: 'stream', id: this.#streams.add(iterator, () => {}, captureContext()), at, key };
  }

  #release({ kind, id }: ArgumentProxy, signals: ReadonlyMap<number, AbortSignal>): void {
    if (kind === 'callback') this.#callbacks.delete(id);
    else if (kind === 'signal') this.#relay.remove(id, signals.get(id) as AbortSignal);
    // The call is over: nobody waits for an iterator that fails to close.
    else void this.#streams.close(id).catch(() => {});
  }

  #nextId(): number {
    this.#count++;
    return this.#count;
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}
