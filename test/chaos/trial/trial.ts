import {
  type IterableOptions,
  type MapOptions,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  Pool,
  type PoolOptions,
  type Result,
  type Settled,
  type Task,
} from 'telar';
import type { Input } from '../../../src/flow/source/open-source.ts';
import { Figures, type Score } from './figures.ts';
import { Promises } from './promises.ts';
import { Random } from './random.ts';

/** Kind of the workers. */
export type Isolate = 'thread' | 'process';

/** Means that a scenario is given. */
export interface TrialOptions {
  readonly seed: number;
  readonly isolate: Isolate;
  /** The form for `npm test`: fewer items, fewer rounds. */
  readonly isShort: boolean;
  /** Milliseconds for which a scenario of many rounds may begin further ones. `@defaultValue` 60 s */
  readonly budget?: number | undefined;
}

/**
 * One run of a scenario: the public calls, each promise of which is kept book of, and what came of it. All chance
 * comes from the seed.
 */
export class Trial {
  readonly seed: number;
  readonly isolate: Isolate;
  readonly isShort: boolean;
  readonly budget: number;
  readonly figures: Figures = new Figures();
  readonly promises: Promises = new Promises();
  readonly score: Score = { lost: 0, duplicated: 0, unexpected: 0, recovered: 0 };
  readonly random: Random;

  constructor({ seed, isolate, isShort, budget = 60_000 }: TrialOptions) {
    this.budget = budget;
    this.seed = seed;
    this.isolate = isolate;
    this.isShort = isShort;
    this.random = new Random(seed);
  }

  /** Opens a pool of the trial's kind for as long as it is used. */
  async withPool<T>(options: PoolOptions, use: (pool: Pool) => Promise<T>): Promise<T> {
    const pool = this.openPool(options);
    try {
      return await use(pool);
    } finally {
      await this.close(pool);
    }
  }

  openPool(options: PoolOptions): Pool {
    return new Pool({ ...options, isolate: this.isolate });
  }

  close(pool: Pool): Promise<void> {
    return this.promises.watch('pool.close()', pool.close());
  }

  map<T, R>(input: Input<T>, task: Task<T, R>, options?: MapOptions<T>): Promise<Result<R>[]> {
    return this.promises.watch(`parallelMap of ${task.name}`, parallelMap(input, task, options));
  }

  settled<T, R>(input: Input<T>, task: Task<T, R>, options?: MapOptions<T>): Promise<Settled<R>[]> {
    return this.promises.watch(
      `parallelMapSettled of ${task.name}`,
      parallelMapSettled(input, task, options),
    );
  }

  /** Each `next` and `return` of the reader is a promise of its own. */
  iterate<T, R>(input: Input<T>, task: Task<T, R>, options?: IterableOptions): AsyncIterable<Result<R>> {
    const results = parallelMapIterable(input, task, options);
    return {
      [Symbol.asyncIterator]: (): AsyncIterator<Result<R>> => {
        const reader = results[Symbol.asyncIterator]();
        return {
          next: () => this.promises.watch(`next() of ${task.name}`, reader.next()),
          return: (value: unknown) =>
            this.promises.watch(
              `return() of ${task.name}`,
              reader.return?.(value) as Promise<IteratorResult<Result<R>>>,
            ),
        };
      },
    };
  }
}

/** A claim of Telar's, and how it is put to the test. */
export interface Scenario {
  /** For the command line. */
  readonly name: string;
  /** A sentence: what holds. */
  readonly claim: string;
  /** Kinds of workers with which the scenario makes sense. */
  readonly isolates: readonly Isolate[];
  readonly run: (trial: Trial) => Promise<void>;
}
