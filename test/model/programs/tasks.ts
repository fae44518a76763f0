import type { TaskContext } from '../../../src/index.ts';
import { currentContext } from '../../../src/wire/message/current-context.ts';
// The few modules that a thread has to load: hundreds of them are started.
import { skip, stop } from '../../../src/wire/message/outcome.ts';
import type { Act } from './program.ts';

export interface ObjectItem {
  readonly n: number;
  readonly name: string;
  readonly act: Act | undefined;
}

export type Item = number | string | ObjectItem;

export function numberOf(item: Item): number {
  return typeof item === 'object' ? item.n : Number(item);
}

/** Makes the result of a healthy item: it tells items apart, in a form of each kind that crosses in its own way. */
export function answerOf(item: Item): unknown {
  const n = numberOf(item);
  if (typeof item === 'number') return n * 2 + 1;
  return typeof item === 'string' ? `${n}: ${n * 3}` : { n, square: n * n };
}

/** The task, by reference: the item says what to do. */
export function performItem(item: ObjectItem, _index: number, context: TaskContext): unknown {
  return perform(item.act, item, context);
}

/** The task of single calls, by reference: it has its context from below. */
export function performCall(item: ObjectItem): unknown {
  return perform(item.act, item, currentContext() as TaskContext);
}

/** Makes the value that a call gives to its task. */
export function storeOf(item: Item): { readonly of: number } {
  return { of: numberOf(item) % 3 };
}

/** Throws where the value from below is another call's. */
export function assertStore(item: Item): void {
  const { store } = currentContext() as TaskContext;
  const { of } = storeOf(item);
  if ((store as { of?: unknown } | undefined)?.of !== of)
    throw new Error(`the store is ${JSON.stringify(store)}`);
}

/** The task of single calls that have a value from below. */
export function performStored(item: ObjectItem): unknown {
  assertStore(item);
  return performCall(item);
}

/** A second stage. */
export function wrap(value: unknown): { readonly value: unknown } {
  return { value };
}

/** A fold that counts. */
export const beginCount = (): number => 0;
export const countOne = (sum: number): number => sum + 1;

/** Commits the act of an item, until the try at which it behaves. */
export function perform(act: Act | undefined, item: Item, context: TaskContext): unknown {
  if (act === undefined) return answerOf(item);
  switch (act.act) {
    case 'give':
      return answerOf(item);
    case 'later':
      return new Promise((resolve) => setTimeout(() => resolve(answerOf(item)), act.ms));
    case 'skip':
      return skip;
    case 'stop':
      return stop;
    case 'uncloneable':
      return { rows: [1, { onClick() {} }] };
    case 'stray':
      leaveStray(numberOf(item));
      return answerOf(item);
    case 'yield':
      return expand(act, item);
    default:
      return context.attempt >= act.until ? answerOf(item) : fail(act.act, item, context);
  }
}

function fail(fault: string, item: Item, { signal }: TaskContext): unknown {
  const n = numberOf(item);
  switch (fault) {
    case 'throw':
      throw Object.assign(new RangeError(`fault of ${n}`), { code: 'E_FAULT' });
    case 'reject':
      return Promise.reject(new SyntaxError(`fault of ${n}`));
    case 'exit':
      return process.exit(7);
    case 'loop':
      for (;;);
    case 'obey':
      // Ends when it is told to, which is no excuse.
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(answerOf(item))));
    default:
      return new Promise(() => {});
  }
}

function* expand({ count, end }: Act & { act: 'yield' }, item: Item): Generator<unknown> {
  for (let at = 0; at < count; at++) {
    yield [numberOf(item), at];
    if (at === 0) yield skip;
  }
  if (end === 'stop') yield stop;
  if (end === 'throw') throw new RangeError(`fault of ${numberOf(item)}`);
}

/** The item itself is done; what it left behind must hurt nobody. */
function leaveStray(n: number): void {
  if (n % 2 === 0) void Promise.reject(new Error(`left by ${n}`));
  else {
    setTimeout(() => {
      throw new Error(`left by ${n}`);
    }, 1);
  }
}
