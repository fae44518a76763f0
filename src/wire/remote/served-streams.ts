import type { AsyncContext } from '../../async/async-context.ts';
import { assertStep, isLast } from '../../async/iterator-step.ts';
import { findSeal } from '../../shared/seal/seal.ts';
import { decodeThrown } from '../values/error.ts';
import type { RequestOutcome, StreamStep } from './protocol.ts';

const types = process.getBuiltinModule('node:util/types');

type AnyIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>;

interface OpenStream {
  readonly iterator: AnyIterator;
  readonly onEnd: () => void;
  readonly enter: AsyncContext;
  readonly findOutcome: FindOutcome;
}

/** Finds the outcome of a step that threw; `undefined` where that is what was thrown. */
type FindOutcome = (thrown: unknown) => RequestOutcome | undefined;

/** The iterators of this side that the other side reads, a step at a time. */
export class ServedStreams {
  readonly #open = new Map<number, OpenStream>();
  readonly #onCut: () => RequestOutcome;
  readonly #guard: <T>(run: () => T) => T;
  #count = 0;

  /**
   * @param onCut - Makes the answer to a reader who reads on after this side has closed the iterator.
   * @param guard - Runs code of this side, as the `guard` of a channel does.
   */
  constructor(onCut: () => RequestOutcome, guard: <T>(run: () => T) => T = (run) => run()) {
    this.#onCut = onCut;
    this.#guard = guard;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * @param onEnd - Called once, when the iterator is done, has failed or was closed.
   * @param enter - The context in which the iterator runs. `@defaultValue` that of whoever asks
   * @param findOutcome - Called before `onEnd`. `@defaultValue` what was thrown is sent as it is
   */
  add(
    iterator: AnyIterator,
    onEnd: () => void,
    enter: AsyncContext = (fn) => fn(),
    findOutcome: FindOutcome = () => undefined,
  ): number {
    this.#count++;
    this.#open.set(this.#count, { iterator, onEnd, enter, findOutcome });
    return this.#count;
  }

  async step(step: StreamStep): Promise<RequestOutcome> {
    const open = this.#open.get(step.stream);
    // A closed iterator answers as a closed generator does.
    if (open === undefined) {
      if (step.kind === 'throw') throw decodeThrown(step.thrown);
      // A reader who came to the end, or closed the iterator, asks no more: this side closed it, which is no end.
      if (step.kind === 'next') return this.#onCut();
      return { kind: 'step', done: true, value: step.kind === 'return' ? step.value : undefined };
    }
    try {
      const last = assertStep(await open.enter(() => advance(open.iterator, step)));
      const done = isLast(last);
      // A generator had ended by itself, any other iterator may have because it was closed meanwhile.
      const isCut = step.kind === 'next' && done && !this.#guard(() => this.#open.has(step.stream));
      if (isCut && !types.isGeneratorObject(open.iterator)) return this.#onCut();
      if (done) this.#end(step.stream);
      return { kind: 'step', done, value: await last.value };
    } catch (thrown) {
      const outcome = this.#guard(() => open.findOutcome(thrown));
      this.#end(step.stream);
      if (outcome !== undefined) return outcome;
      throw thrown;
    }
  }

  /** Closes an iterator that nobody reads any more. */
  async close(stream: number): Promise<void> {
    const open = this.#open.get(stream);
    this.#end(stream);
    await open?.enter(() => open.iterator.return?.());
  }

  /** Closes all iterators. Resolves when they are closed, and rejects with the first failure. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((stream) => this.close(stream)));
  }

  #end(stream: number): void {
    this.#guard(() => {
      const open = this.#open.get(stream);
      if (open !== undefined && this.#open.delete(stream)) open.onEnd();
    });
  }
}

/**
 * Finds the iterator of what cannot be cloned but read: generators, iterators, and all that is async iterable. A channel
 * is that as well, and has an end on each thread: what threads have in common travels as itself.
 */
export function findIterator(value: object): AnyIterator | undefined {
  if (findSeal(value) !== undefined) return undefined;
  const asynchronous: unknown = Reflect.get(value, Symbol.asyncIterator);
  if (typeof asynchronous === 'function')
    return Reflect.apply(asynchronous, value, []) as AsyncIterator<unknown>;
  if (types.isGeneratorObject(value)) return value as Generator;
  const isIterator = typeof Reflect.get(value, 'next') === 'function' && Symbol.iterator in value;
  return isIterator ? (value as unknown as Iterator<unknown>) : undefined;
}

async function advance(iterator: AnyIterator, step: StreamStep): Promise<IteratorResult<unknown, unknown>> {
  switch (step.kind) {
    case 'next':
      return await (step.value === undefined ? iterator.next() : iterator.next(step.value));
    case 'return':
      return (await iterator.return?.(step.value)) ?? { done: true, value: step.value };
    case 'throw': {
      const thrown = decodeThrown(step.thrown);
      if (iterator.throw !== undefined) return await iterator.throw(thrown);
      await iterator.return?.();
      throw thrown;
    }
  }
}
