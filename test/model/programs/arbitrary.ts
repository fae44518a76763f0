import fc from 'fast-check';
import type {
  Abort,
  Act,
  Group,
  Input,
  Items,
  Options,
  PoolSpec,
  Program,
  Reading,
  RunCall,
  Step,
} from './program.ts';
import { isForced } from './expected.ts';

/** Programs of a group as it is drawn: they run at once. */
const FEWEST_PROGRAMS = 16;
const MOST_PROGRAMS = 24;
/** For calls with an item that never ends. */
const TIMEOUT = 1500;

const until = fc.constantFrom(99, 2, 3);
const optional = <T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('later' as const), ms: fc.nat(3) }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constantFrom('throw' as const, 'reject' as const), until }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('exit' as const), until }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('hang' as const, 'hang' as const, 'obey' as const, 'loop' as const), until }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('skip' as const, 'uncloneable' as const, 'stray' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('stop' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('yield' as const),
      count: fc.nat(3),
      end: fc.constantFrom('return' as const, 'return' as const, 'stop' as const, 'throw' as const),
    }),
  },
); // prettier-ignore

const items: fc.Arbitrary<Items> = fc
  .record({
    length: fc.oneof({ weight: 8, arbitrary: fc.nat(12) }, { weight: 2, arbitrary: fc.nat(300) }),
    acts: fc.array(fc.tuple(fc.nat(12), act), { maxLength: 4 }),
    payload: fc.constantFrom('numbers', 'objects', 'texts', 'mixed'),
  })
  .map(({ length, acts, payload }) => ({
    length,
    acts: acts.filter(
      ([position], at) => position < length && acts.findIndex(([p]) => p === position) === at,
    ),
    payload,
  }));

const input: fc.Arbitrary<Input> = fc.record({
  as: fc.constantFrom('array', 'generator', 'async', 'stream', 'promises', 'typed'),
  failsAt: optional(fc.nat(12), 1),
});

const abort: fc.Arbitrary<Abort> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ at: fc.constant('before' as const) }) },
  { weight: 4, arbitrary: fc.record({ at: fc.constant('pull' as const), pull: fc.nat(12) }) },
  { weight: 4, arbitrary: fc.record({ at: fc.constant('time' as const), ms: fc.nat(30) }) },
);

const pool: fc.Arbitrary<PoolSpec> = fc.record({
  isolate: fc.constantFrom('thread', 'thread', 'thread', 'process', 'suspects'),
  workers: fc.constantFrom(2, 1, 3),
  // Not fewer: each of its threads would serve but a few of hundreds of items.
  maxItemsPerWorker: optional(fc.integer({ min: 40, max: 300 }), 1),
});

const options: fc.Arbitrary<Options> = fc.record({
  chunkSize: fc.constantFrom(undefined, undefined, 1, 2, 5),
  retries: fc.constantFrom(0, 0, 1, 2),
  retryRules: fc.boolean(),
  timeout: fc.constant(undefined),
  listens: fc.boolean(),
  abort: optional(abort, 1),
  journal: fc.constantFrom(false, false, false, true),
  // Most share the pools of their group: threads of its own are what a program costs most for.
  pool: fc.oneof(
    { weight: 24, arbitrary: fc.nat(1) },
    { weight: 3, arbitrary: fc.constant('shared' as const) },
    { weight: 1, arbitrary: fc.constant('own' as const) },
    { weight: 2, arbitrary: fc.record({ spec: pool, forcedAfter: optional(fc.nat(60), 4) }) },
  ),
});

const reading: fc.Arbitrary<Reading> = fc.record({
  leavesAfter: optional(fc.nat(8), 4),
  throws: fc.boolean(),
  isSlow: fc.boolean(),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step: fc.constant('add' as const), by: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('total' as const, 'throw' as const, 'uncloneable' as const) }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('stream' as const), count: fc.nat(5), leavesAfter: optional(fc.nat(3), 3) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('callback' as const, 'feed' as const), count: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('exit' as const, 'hang' as const) }) },
); // prettier-ignore

const work = { items, input, options };
export const program: fc.Arbitrary<Program> = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom('map' as const, 'settled' as const), ...work, cost: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('iterable' as const), ...work, ordered: fc.boolean(), reading }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('pipeline' as const),
        ...work,
        io: optional(
          fc.record({ concurrency: fc.constantFrom(1, 2, 16), throws: fc.array(fc.nat(12), { maxLength: 2 }), until }),
          5,
        ),
        isFused: fc.boolean(),
        onError: fc.boolean(),
        end: fc.constantFrom(
          'toArray' as const, 'iterate' as const, 'run' as const, 'count' as const, 'reduce' as const, 'forEach' as const,
        ),
        reading,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('run' as const), items, options,
        burst: fc.constantFrom(Infinity, Infinity, 1, 3, 16),
        hasStore: fc.constantFrom(false, false, true),
        isNested: fc.constantFrom(false, false, false, false, false, true),
        maxQueue: optional(fc.nat(4), 1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('spawn' as const),
        steps: fc.array(step, { maxLength: 8 }),
        restart: fc.boolean(),
        idempotent: fc.boolean(),
        end: fc.constantFrom('close' as const, 'close' as const, 'close early' as const, 'abort' as const),
      }),
    },
  )
  .map(mend); // prettier-ignore

/** Puts right what makes no sense together in a program: it would be refused, or never end. */
function mend(drawn: Program): Program {
  if (drawn.kind === 'spawn') return { ...drawn, idempotent: drawn.idempotent && drawn.restart };
  const hangs = drawn.items.acts.some(([, { act: name }]) => name === 'hang' || name === 'loop' || name === 'obey');
  if (drawn.kind === 'run') return mendRun(drawn, hangs ? TIMEOUT : undefined);
  const isTyped = drawn.input.as === 'typed' && drawn.items.payload !== 'numbers';
  // The end of what is kept and resumed has to be there: pipelines keep nothing of an end in memory.
  const canKeep = drawn.kind !== 'pipeline' || drawn.end === 'run';
  return {
    ...drawn,
    input: { ...drawn.input, as: isTyped ? 'array' : drawn.input.as },
    options: {
      ...drawn.options,
      timeout: hangs ? TIMEOUT : undefined,
      // The rules of a stage run on its worker, where they see nothing of this.
      retryRules: drawn.options.retryRules && drawn.kind !== 'pipeline',
      // A second run would find its pool closed.
      journal: drawn.options.journal && canKeep && !isForced(drawn.options),
    },
  };
} // prettier-ignore

function mendRun({ maxQueue, ...drawn }: RunCall & QueueLimit, timeout: number | undefined): RunCall {
  const { isNested } = drawn;
  const { pool } = drawn.options;
  const own = typeof pool === 'object' ? pool : { spec: { isolate: 'thread', workers: 2 } as const };
  return {
    ...drawn,
    // JSON, which shows programs, knows no Infinity.
    burst: Math.min(drawn.burst, 1000),
    hasStore: drawn.hasStore && !isNested,
    // A task that calls another is an export, and is told by its item what to do.
    items: { ...drawn.items, payload: isNested ? 'objects' : drawn.items.payload },
    options: {
      ...drawn.options,
      timeout,
      journal: false,
      // Other programs would be refused on a pool of the group.
      pool: maxQueue === undefined ? pool : { ...own, spec: { ...own.spec, maxQueue } },
    },
  };
}

interface QueueLimit {
  readonly maxQueue?: number | undefined;
}

/**
 * Draws many programs, since those of a group share what is dear, its pools. A group that went wrong is made smaller than
 * any that is drawn.
 */
class Programs extends fc.Arbitrary<Program[]> {
  readonly #drawn = fc.array(program, { minLength: FEWEST_PROGRAMS, maxLength: MOST_PROGRAMS });
  readonly #shrunk = fc.array(program, { minLength: 1, maxLength: MOST_PROGRAMS });

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Program[]> {
    return this.#drawn.generate(random, bias);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Program[] {
    return false;
  }

  override shrink(programs: Program[], context: unknown): fc.Stream<fc.Value<Program[]>> {
    return this.#shrunk.shrink(programs, context);
  }
}

export const group: fc.Arbitrary<Group> = fc.record({
  pools: fc.tuple(pool, pool),
  programs: new Programs(),
});
