import { assertStep, isAsyncGenerator, isLast } from '../../src/async/iterator-step.ts';
import { skip, stop } from '../../src/wire/message/outcome.ts';
import { isThenable } from '../userland/is-thenable.ts';

/** The values that a generator task yielded for one item. */
export class Expansion {
  readonly #results: unknown[];
  stopped = false;

  constructor(results: unknown[] = []) {
    this.#results = results;
  }

  /**
   * Tells whether a value is an `Expansion`. Asked for each result, since V8 makes a call into its runtime of
   * `instanceof` with a class of the bundle.
   */
  static is(value: object): value is Expansion {
    return #results in value;
  }

  get results(): readonly unknown[] {
    return this.#results;
  }

  /** Takes one yielded value. False when the generator should not go on. */
  add(value: unknown): boolean {
    if (value === stop) {
      this.stopped = true;
      return false;
    }
    if (value !== skip) this.#results[this.#results.length] = value;
    return true;
  }
}

/** Runs a generator to its end, or to `stop`, which closes it. Synchronous unless it has to wait. */
export function expandGenerator(generator: Generator | AsyncGenerator): Expansion | Promise<Expansion> {
  if (isAsyncGenerator(generator)) return expandAsync(generator);
  const expansion = new Expansion();
  // No `for … of`: it would close the generator that goes on behind a promise.
  for (let step = takeStep(generator); !isLast(step); step = takeStep(generator)) {
    if (isThenable(step.value)) return expandRest(generator, step.value, expansion);
    if (!expansion.add(step.value)) {
      closeGenerator(generator);
      break;
    }
  }
  return expansion;
}

/** Closes a generator. Iterators that need no closing have no `return`. */
function closeGenerator(generator: Partial<Generator>): void {
  generator.return?.(undefined);
}

function takeStep(generator: Generator): IteratorResult<unknown, unknown> {
  return assertStep(generator.next());
}

async function expandAsync(generator: AsyncGenerator): Promise<Expansion> {
  const expansion = new Expansion();
  for await (const value of generator) {
    if (!expansion.add(value)) break;
  }
  return expansion;
}

/** Runs the rest of a generator that yields promises: each is awaited before the generator goes on. */
async function expandRest(
  generator: Generator,
  first: PromiseLike<unknown>,
  expansion: Expansion,
): Promise<Expansion> {
  try {
    if (!expansion.add(await first)) return expansion;
    for (let step = takeStep(generator); !isLast(step); step = takeStep(generator)) {
      if (!expansion.add(await step.value)) break;
    }
    return expansion;
  } finally {
    closeGenerator(generator);
  }
}
