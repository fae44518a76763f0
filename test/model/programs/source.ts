import { Readable } from 'node:stream';
import type { Input as CallInput } from '../../../src/index.ts';
import { makeItem } from './expected.ts';
import type { Input, Items } from './program.ts';
import type { Item } from './tasks.ts';
import type { Watch } from '../watch.ts';

/** Error of a source that is to fail. */
export class SourceError extends Error {
  override name = 'SourceError';
}

/** The input of a call, in the form that its program says. */
export class Source {
  readonly items: CallInput<Item>;
  #opened = 0;
  #closed = 0;

  constructor(items: Items, input: Input, watch: Watch, onPull: (pull: number) => void) {
    const all = Array.from({ length: items.length }, (_, n) => makeItem(items, n));
    // A stream pulls when it likes.
    const isWatched = input.as !== 'stream';
    const generate = function* (this: Source): Generator<Item> {
      this.#opened++;
      try {
        for (let pull = 0; ; pull++) {
          if (isWatched) watch.here('the source');
          // A stream that is destroyed by its own generator cannot close it.
          if (isWatched) onPull(pull);
          else setImmediate(onPull, pull);
          if (pull === input.failsAt) throw new SourceError('the source fails');
          if (pull >= all.length) return;
          yield all[pull] as Item;
        }
      } finally {
        if (isWatched) watch.here('the end of the source');
        this.#closed++;
      }
    }.bind(this);
    this.items = open(all, input, generate);
  }

  /** Whether each iterator that was begun has been closed. */
  get isClosed(): boolean {
    return this.#opened === this.#closed;
  }
}

function open(all: Item[], { as }: Input, generate: () => Generator<Item>): CallInput<Item> {
  switch (as) {
    case 'generator':
      return generate();
    case 'async':
      return later(generate());
    case 'stream':
      return Readable.from(generate());
    case 'promises':
      return all.map((item) => Promise.resolve(item)) as unknown as CallInput<Item>;
    case 'typed':
      return Float64Array.from(all as number[]);
    case 'array':
      return all;
  }
}

async function* later(items: Generator<Item>): AsyncGenerator<Item> {
  try {
    for (const item of items) {
      if (typeof item === 'number' && item % 4 === 3) await new Promise(setImmediate);
      yield item;
    }
  } finally {
    items.return(undefined);
  }
}

/** Whether a source fails, and how many of its items come before. */
export function countUntilFailure({ length }: Items, { as, failsAt }: Input): number | undefined {
  const canFail = as === 'generator' || as === 'async' || as === 'stream';
  return canFail && failsAt !== undefined && failsAt <= length ? failsAt : undefined;
}
