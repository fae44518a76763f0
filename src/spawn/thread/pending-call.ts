import { type AsyncContext, captureContext } from '../../async/async-context.ts';
import { createDeferred } from '../../async/deferred.ts';
import type { RequestOutcome } from '../../wire/remote/protocol.ts';
import { collectTransfers } from '../../wire/values/transfer.ts';
import type { CallContext, CallSite } from './failures.ts';
import { isPrimitive, type OpenProxies } from './proxied-arguments.ts';
import type { ObjectThread } from './object-thread.ts';

/** A question to an object: a call of a method, or a property to get or set. */
export type Question =
  | { readonly kind: 'call'; readonly path: readonly string[]; readonly args: readonly unknown[] }
  | { readonly kind: 'get'; readonly path: readonly string[] }
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: unknown };

/** A call that has not settled, or whose stream has not ended. */
export class PendingCall implements CallContext {
  readonly question: Question;
  readonly index: number;
  readonly site: CallSite;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  attempts = 0;
  /** Whether the call can be sent once more: nothing of it has gone for good. */
  mayRepeat = true;
  #proxies: OpenProxies | undefined;
  /** The caller's context, for what the arguments may run here: getters, callbacks, iterators. */
  readonly #context: AsyncContext | undefined;

  constructor(
    question: Question,
    { index, site }: Pick<CallContext, 'index' | 'site'>,
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    this.question = question;
    this.index = index;
    this.site = site;
    this.resolve = resolve;
    this.reject = reject;
    this.#context = this.values.every(isPrimitive) ? undefined : captureContext();
  }

  get name(): string {
    return this.question.path.join('.');
  }

  /** Values that are sent with the call, also named in the messages of errors. */
  get values(): readonly unknown[] {
    const { question } = this;
    if (question.kind === 'call') return question.args;
    return question.kind === 'set' ? [question.value] : [];
  }

  /** Sends the call to a thread. The promise always resolves. */
  send(thread: ObjectThread): Promise<RequestOutcome> {
    this.attempts++;
    // A restart, and the calls that waited for it, come in another context.
    return this.#context === undefined ? this.#ask(thread) : this.#context(() => this.#ask(thread));
  }

  #ask(thread: ObjectThread): Promise<RequestOutcome> {
    const { question } = this;
    if (question.kind === 'get') return thread.ask(question);
    if (collectTransfers(this.values) !== undefined) this.mayRepeat = false;
    if (question.kind === 'set') return thread.ask(question);
    const { args, open } = thread.proxied.proxy(question.args);
    this.#proxies = open;
    if (open?.hasStream === true) this.mayRepeat = false;
    return thread.ask({ kind: 'call', path: question.path, args });
  }

  findSignal(id: number): AbortSignal | undefined {
    return this.#proxies?.findSignal(id);
  }

  /** Lets go of the arguments that stayed here. */
  endProxies(): void {
    this.#proxies?.end();
    this.#proxies = undefined;
  }
}

/** Counts the calls of an object, and the steps of its streams, that have not settled. */
export class Unsettled {
  readonly #onChange: () => void;
  #count = 0;
  #onIdle: (() => void) | undefined;

  /** @param onChange - Called when the first call is unsettled, and when none is any more. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#count;
  }

  /** Resolves when the last unsettled call settles. */
  async idle(): Promise<void> {
    const idle = createDeferred();
    this.#onIdle = idle.resolve;
    await idle.promise;
  }

  /** Counts one more call that has not settled. */
  hold(): void {
    this.#count++;
    if (this.#count === 1) this.#onChange();
  }

  /** Counts one call as settled. */
  release(): void {
    this.#count--;
    if (this.#count > 0) return;
    this.#onChange();
    this.#onIdle?.();
  }
}
