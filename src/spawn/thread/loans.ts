import { type AsyncContext, captureContext } from '../../async/async-context.ts';
import { encodeThrown } from '../../wire/values/error.ts';
import type { LentArguments, Loan, LoanRequest, Outcome } from '../../wire/remote/protocol.ts';
import { findIterator, ServedStreams } from '../../wire/remote/served-streams.ts';
import { isMarked } from '../../wire/values/transfer.ts';
import type { SignalRelay } from './signal-relay.ts';

type Callback = (...args: readonly unknown[]) => unknown;

/** The arguments of a call as they are sent, and the loan of those that stay here. */
export interface Lending {
  readonly args: LentArguments;
  /** `undefined` when nothing was lent. */
  readonly loan: OpenLoan | undefined;
}

/** All that one call has lent. */
export interface OpenLoan {
  /** Whether an iterator was lent, which can be read once only. */
  readonly hasStream: boolean;
  findSignal(id: number): AbortSignal | undefined;
  /** Takes all back that was lent: callbacks are no longer called, iterators are closed, signals no longer heard. */
  end(): void;
}

/** All that the calls on one thread have lent: callbacks, signals and iterators, which cannot be cloned. */
export class Loans {
  readonly #relay: SignalRelay;
  readonly #streams = new ServedStreams(() => {
    throw new TypeError(
      'The call that this iterator was passed to has settled: iterators end with their call.',
    );
  });
  /** Callbacks that were lent, each with the object that it is a method of, and the context of its call. */
  readonly #callbacks = new Map<
    number,
    { readonly callback: Callback; readonly holder: object | undefined; readonly enter: AsyncContext }
  >();
  #count = 0;

  constructor(relay: SignalRelay) {
    this.#relay = relay;
  }

  /**
   * Lends callbacks, signals and iterators: an argument, or a property of an argument that is a plain object. To be
   * called in the context of the call, in which what was lent is called then.
   */
  lend(values: readonly unknown[]): Lending {
    if (values.every(isPrimitive)) return { args: { values, loans: undefined }, loan: undefined };
    const loans: Loan[] = [];
    const signals = new Map<number, AbortSignal>();
    const copy: unknown[] = [...values];
    values.forEach((value, at) => {
      const loan = this.#lendValue(value, at, undefined, signals);
      if (loan !== undefined) {
        loans.push(loan);
        copy[at] = undefined;
      } else if (isPlain(value) && !isMarked(value)) {
        const kept = this.#lendProperties(value, at, loans, signals);
        if (kept !== undefined) copy[at] = kept;
      }
    });
    if (loans.length === 0) return { args: { values, loans: undefined }, loan: undefined };
    const hasStream = loans.some(({ kind }) => kind === 'stream');
    const findSignal = (id: number): AbortSignal | undefined => signals.get(id);
    const end = (): void => loans.forEach((loan) => this.#takeBack(loan, signals));
    return { args: { values: copy, loans }, loan: { hasStream, findSignal, end } };
  }

  /** Answers what the other side asks of what it was lent. */
  async serve(request: LoanRequest): Promise<Outcome> {
    if (request.kind !== 'callback') return await this.#streams.step(request);
    const lent = this.#callbacks.get(request.id);
    if (lent === undefined) {
      throw new TypeError(
        'The call that this callback was passed to has settled: callbacks end with their call.',
      );
    }
    const { callback, holder, enter } = lent;
    return { kind: 'value', value: await enter(() => Reflect.apply(callback, holder, request.args)) };
  }

  /** Takes all back, once the other side has ended. */
  end(): void {
    this.#callbacks.clear();
    this.#relay.end();
    void this.#streams.closeAll().catch(() => {});
  }

  #lendProperties(
    value: Record<string, unknown>,
    at: number,
    loans: Loan[],
    signals: Map<number, AbortSignal>,
  ): object | undefined {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const loan = this.#lendValue(value[key], at, key, signals, value);
      if (loan === undefined) continue;
      loans.push(loan);
      copy ??= { ...value };
      delete copy[key];
    }
    return copy;
  }

  #lendValue(
    value: unknown,
    at: number,
    key: string | undefined,
    signals: Map<number, AbortSignal>,
    holder?: object,
  ): Loan | undefined {
    if (typeof value === 'function') {
      const id = this.#nextId();
      // The context is captured now: a callback is asked for by a message, which has no context of its caller's.
      this.#callbacks.set(id, { callback: value as Callback, holder, enter: captureContext() });
      return { kind: 'callback', id, at, key };
    }
    if (typeof value !== 'object' || value === null || isMarked(value)) return undefined;
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

  #takeBack({ kind, id }: Loan, signals: ReadonlyMap<number, AbortSignal>): void {
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
