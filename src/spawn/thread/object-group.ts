import { onAbort } from '../../async/on-abort.ts';
import { TelarError } from '../../errors/telar-error.ts';
import { describeReturned } from '../../options/arguments.ts';
import type { CallSite } from './failures.ts';
import type { SpawnOptions } from '../remote/options.ts';
import { PendingCall, type Question } from './pending-call.ts';
import { RemoteCall } from '../remote/remote-call.ts';
import { Restarts } from './restarts.ts';
import { Supervised, type SupervisedPlan } from './supervised.ts';

/** Default of `startTimeout` and `closeTimeout`, in ms. */
const PATIENCE = 30_000;

type Key = (...args: readonly unknown[]) => unknown;

/** The objects behind one remote: sends each call to one of them. */
export class ObjectGroup {
  readonly #members: readonly Supervised[];
  readonly #key: Key | undefined;
  readonly #signal: AbortSignal | undefined;
  #stopListening: (() => void) | undefined;
  #calls = 0;
  #next = 0;

  private constructor(members: readonly Supervised[], options: SpawnOptions<never>) {
    this.#members = members;
    this.#key = options.key as Key | undefined;
    this.#signal = options.signal;
  }

  /** Makes all objects. When one cannot be made, the others are closed, and `open` rejects with that reason. */
  static async open(
    plan: Pick<SupervisedPlan, 'name' | 'definition' | 'args' | 'site'>,
    options: SpawnOptions<never>,
  ): Promise<ObjectGroup> {
    const { instances = 1, restart, onRestart, resourceLimits, idempotent = false } = options;
    const { startTimeout = PATIENCE, closeTimeout = PATIENCE } = options;
    const members = Array.from({ length: instances }, (_, instance) => {
      const restarts = restart === undefined ? undefined : new Restarts(restart);
      return new Supervised({
        ...plan,
        resourceLimits,
        startTimeout,
        closeTimeout,
        restarts,
        isIdempotent: idempotent,
        onRestart: (count, error) => announce(onRestart, { instance, restarts: count, error }),
      });
    });
    const group = new ObjectGroup(members, options);
    await group.#start();
    return group;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Sends a question to one object. */
  ask(question: Question, site: CallSite): RemoteCall {
    return new RemoteCall((resolve, reject) => {
      const call = new PendingCall(question, { index: this.#calls++, site }, resolve, reject);
      // An error of the `key` function becomes a rejection: the executor of a promise may throw.
      this.#pick(question).call(call);
    });
  }

  /** Sends a question to every object. */
  async askAll(question: Question, site: CallSite): Promise<void> {
    const asked = this.#members.map(
      (member) =>
        new Promise((resolve, reject) => {
          member.call(new PendingCall(question, { index: this.#calls++, site }, resolve, reject));
        }),
    );
    await settleAll(asked);
  }

  /**
   * Closes all objects, also when one fails to close. A callback of a pending call, which would wait for itself, does not wait:
   * the object is closed once the call has ended.
   */
  async close(): Promise<void> {
    const isWithin = this.#members.some(isEntered);
    const closing = this.#close();
    if (!isWithin) await closing;
  }

  async #close(): Promise<void> {
    try {
      await settleAll(this.#members.map((member) => member.close()));
    } finally {
      this.#stopListening?.();
    }
  }

  async #start(): Promise<void> {
    this.#signal?.throwIfAborted();
    this.#stopListening = this.#signal && onAbort(this.#signal, () => void this.#abort());
    try {
      await settleAll(this.#members.map((member) => member.start()));
    } catch (thrown) {
      // The failure of one object says more than that of another to close.
      await this.close().catch(() => {});
      throw thrown;
    }
  }

  async #abort(): Promise<void> {
    const reason: unknown = this.#signal?.reason;
    await Promise.all(this.#members.map((member) => member.abort(reason)));
  }

  #pick(question: Question): Supervised {
    const [only] = this.#members;
    if (this.#members.length === 1 && only !== undefined) return only;
    const key = question.kind === 'call' ? this.#key?.(...question.args) : undefined;
    const picked = key === undefined ? this.#pickIdle() : this.#members[hashKey(key) % this.#members.length];
    if (picked === undefined) throw new TelarError('There is no object to call.');
    return picked;
  }

  /** Picks the object with fewest calls pending; of equals, the next in turn. Dead objects come last. */
  #pickIdle(): Supervised | undefined {
    const count = this.#members.length;
    let best: Supervised | undefined;
    for (let step = 0; step < count; step++) {
      const member = this.#members[(this.#next + step) % count];
      if (member === undefined || (best !== undefined && measureLoad(member) >= measureLoad(best))) continue;
      best = member;
    }
    this.#next = (this.#next + 1) % count;
    return best;
  }
}

/** Tells whether the code that runs now was called by a pending call, which it would hold up by waiting for its end. */
function isEntered({ unsettled, thread }: Supervised): boolean {
  return unsettled.count > 0 && thread?.proxied.isEntered === true;
}

function measureLoad({ isOver, unsettled }: Supervised): number {
  return isOver ? Infinity : unsettled.count;
}

/** Hashes a key (FNV-1a) to a number that is the same in every process. */
function hashKey(key: unknown): number {
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof key)) {
    throw new TypeError(
      `Expected \`key\` to give text, a number or a boolean, or undefined for any object, got ${describeReturned(key)}.`,
    );
  }
  let hash = 0x811c9dc5;
  for (const character of String(key)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  // The low bits of short keys are close together.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Waits for all promises, and rejects with the first failure. */
async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/** Tells a listener of an event. A listener that throws is at fault itself, and not the object. */
function announce<Event>(listener: ((event: Event) => void) | undefined, event: Event): void {
  try {
    listener?.(event);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
