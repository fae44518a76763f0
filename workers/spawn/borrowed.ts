import { decodeThrown } from '../../src/wire/values/error.ts';
import type { AbortNote, LentArguments, Loan, LoanRequest, Outcome } from '../../src/wire/remote/protocol.ts';
import { RemoteStream } from '../../src/wire/remote/remote-stream.ts';
import { readOutcome, readStep } from '../../src/wire/remote/read-outcome.ts';

/** All that the running calls were lent by their callers. */
export class Borrowed {
  readonly #ask: (request: LoanRequest) => Promise<Outcome>;
  readonly #controllers = new Map<number, AbortController>();

  constructor(ask: (request: LoanRequest) => Promise<Outcome>) {
    this.#ask = ask;
  }

  /** Puts stand-ins for the loans into the arguments. */
  take({ values, loans }: LentArguments): {
    readonly args: readonly unknown[];
    readonly use: Use | undefined;
  } {
    if (loans === undefined) return { args: values, use: undefined };
    const args = [...values];
    const signals: number[] = [];
    for (const loan of loans) {
      const standIn = this.#make(loan);
      if (loan.kind === 'signal') signals.push(loan.id);
      if (loan.key === undefined) args[loan.at] = standIn;
      else {
        // The property is defined and not assigned: a key named __proto__ is one like the others.
        const property = { value: standIn, writable: true, enumerable: true, configurable: true };
        Object.defineProperty(args[loan.at], loan.key, property);
      }
    }
    return { args, use: new Use(signals, this.#controllers) };
  }

  abort({ signal, reason }: AbortNote): void {
    this.#controllers.get(signal)?.abort(decodeThrown(reason));
  }

  #make({ kind, id, reason }: Loan): unknown {
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

/** The loans of one call. */
export class Use {
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

  /** Drops the loans of a call that is over. */
  end(): void {
    for (const id of this.#signals) this.#controllers.delete(id);
  }
}
