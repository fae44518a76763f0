import type { ChainStage } from '../../../src/wire/message/chain.ts';
import { isGenerator } from '../../../src/async/iterator-step.ts';
import type { TaskFunction } from '../../../src/task/definition/definition.ts';
import { skip } from '../../../src/wire/message/outcome.ts';
import { Expansion, expandGenerator, isThenable } from '../../item/expand.ts';
import type { TaskContext } from '../../item/task-context.ts';

/** A stage with its functions, ready to be called. */
export interface Stage {
  readonly call: StageCall;
  readonly isDropping: boolean;
  readonly isTimed: boolean;
  readonly retry: RevivedRetry | undefined;
}

export interface RevivedRetry {
  readonly most: number;
  readonly delay: (attempts: number) => unknown;
  readonly when: (thrown: unknown) => unknown;
}

/** A call of a stage. Returns the item's replacement, `skip`, `stop`, an `Expansion`, or a promise of one of these. */
export type StageCall = (item: unknown, index: number, context: TaskContext) => unknown;

/**
 * Makes the call of a stage, which turns what the stage's function returns into what the chain goes on with.
 *
 * @param readWhole - Gives the item that a filter keeps, where that has seen only a part of it.
 */
export function makeCall(
  kind: ChainStage['kind'],
  fn: TaskFunction,
  readWhole: (() => unknown) | undefined,
): StageCall {
  switch (kind) {
    case 'filter': {
      const keep = readWhole ?? ((item: unknown): unknown => item);
      return (item, index, context) => {
        const keeps = fn(item, index, context);
        if (isThenable(keeps)) return Promise.resolve(keeps).then((kept) => (kept ? keep(item) : skip));
        return keeps ? keep(item) : skip;
      };
    }
    case 'flatMap':
      return (item, index, context) => {
        const many = fn(item, index, context);
        return isThenable(many) ? Promise.resolve(many).then(expandIterable) : expandIterable(many);
      };
    case 'task':
      return (item, index, context) => {
        const value = fn(item, index, context);
        if (typeof value !== 'object' || value === null) return value;
        if (isThenable(value)) return Promise.resolve(value).then(expandIfGenerator);
        return expandIfGenerator(value);
      };
  }
}

function expandIfGenerator(value: unknown): unknown {
  return isGenerator(value) ? expandGenerator(value) : value;
}

function expandIterable(many: unknown): Expansion | Promise<Expansion> {
  if (isGenerator(many)) return expandGenerator(many);
  const iterable = many as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  if (typeof many === 'object' && typeof iterable?.[Symbol.asyncIterator] === 'function') {
    return expandAsyncIterable(many as AsyncIterable<unknown>);
  }
  if (typeof many !== 'object' || typeof iterable?.[Symbol.iterator] !== 'function') {
    throw new TypeError(
      `Expected the function of flatMap to return an array, a generator or another iterable, got ${
        many === null ? 'null' : typeof many
      }.`,
    );
  }
  const expansion = new Expansion();
  for (const value of many as Iterable<unknown>) if (!expansion.add(value)) break;
  return expansion;
}

async function expandAsyncIterable(many: AsyncIterable<unknown>): Promise<Expansion> {
  const expansion = new Expansion();
  for await (const value of many) if (!expansion.add(value)) break;
  return expansion;
}
