import { AsyncLocalStorage } from 'node:async_hooks';

/** State that a server keeps for each request. */
const store = new AsyncLocalStorage<string>();

/** Takes down in whose context it is called. */
export type Note = () => void;

/** One kind of callback: makes a call that comes to it at least once. */
export type Kind = (note: Note, name: string) => Promise<unknown>;

/**
 * Makes the same call for so many requests at once, each in a context of its own. Gives what is wrong: a request that
 * was not called back, or saw another one's context, or none.
 */
export async function findMixedUp(kind: Kind, count: number): Promise<string[]> {
  const seen = Array.from({ length: count }, () => new Set<string | undefined>());
  await Promise.all(
    seen.map((stores, at) => {
      const name = `request ${at}`;
      return store.run(name, () => kind(() => stores.add(store.getStore()), name));
    }),
  );
  return seen.flatMap((stores, at) => {
    const isRight = stores.size === 1 && stores.has(`request ${at}`);
    return isRight ? [] : [`request ${at} saw ${[...stores].join(', ') || 'nothing'}`];
  });
}

/** Runs a function in no request's context, as the reader of a result may be. */
export const outside: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();

/** An input without an end, which notes that it is read and closed. */
export function closable(note: Note, onThird: () => void = () => {}): Iterable<number> {
  let count = 0;
  const iterator: IterableIterator<number> = {
    next() {
      note();
      if (count === 3) onThird();
      return { done: false, value: count++ };
    },
    return() {
      note();
      return { done: true, value: undefined };
    },
    [Symbol.iterator]: () => iterator,
  };
  return iterator;
}
