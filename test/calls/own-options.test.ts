import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gather, parallelMap, parallelMapIterable, Pool, pipeline, run, spawn } from 'telar';
import { parallelMapInto } from 'telar/memory';
import { resolveRetries, type RetryOptions } from '../../src/options/retries.ts';
import { census } from '../census.ts';
import { double } from '../fixtures/tasks/computes.ts';
import { collect } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
const items = [1, 2, 3];
const doubled = [2, 4, 6];

type Changing = Record<string, unknown>;

class Mortal {
  answer(): number {
    return 42;
  }

  die(): void {
    process.exit(1);
  }
}

/** Options that were right when they were given, and are not any more. */
function spoil(options: Changing): void {
  for (const name of Object.keys(options)) options[name] = Number.NaN;
}

const failOnce = (n: number, _: number, { attempt }: { attempt: number }): number => {
  if (attempt === 1) throw new Error('once');
  return n * 2;
};

describe('options are those of the call', () => {
  it('whatever becomes of their object before the first result is read', async () => {
    const options: Changing = {
      pool,
      timeout: 10_000,
      retries: { retries: 1, delay: () => 1 },
      ordered: true,
    };
    const results = parallelMapIterable(items, failOnce, options);
    (options['retries'] as Changing)['retries'] = 0;
    spoil(options);
    assert.deepEqual(await collect(results), doubled);
    const reading: Changing = { pool };
    const pages = pipeline(items).cpu(double).iterate(reading);
    spoil(reading);
    assert.deepEqual(await collect(pages), doubled);
  });

  it('in stages of a pipeline, which run later', async () => {
    const io: Changing = { concurrency: 2, timeout: 10_000, rate: { limit: 1000, interval: 1000 } };
    const cpu: Changing = { chunkSize: 1, retries: 1 };
    const batch: Changing = { size: 2, maxWait: 10_000 };
    const stages = pipeline(items)
      .io((n) => n, io)
      .cpu(failOnce, cpu)
      .batch(batch as { size: number });
    for (const options of [io, cpu, batch]) spoil(options);
    assert.deepEqual(await stages.toArray({ pool }), [[2, 4], [6]]);
  });

  it('of a pool, and of an object that is made anew', async () => {
    const ofPool: Changing = { workers: 1, resourceLimits: { stackSizeMb: 2 }, grace: 10 };
    await using own = new Pool(ofPool);
    spoil(ofPool['resourceLimits'] as Changing);
    spoil(ofPool);
    assert.deepEqual(await parallelMap(items, double, { pool: own }), doubled);
    const restart: Changing = { max: 1, within: 60_000, backoff: 1 };
    const ofObject: Changing = { restart, resourceLimits: { stackSizeMb: 2 } };
    await using remote = await spawn(Mortal, [], ofObject);
    for (const options of [restart, ofObject['resourceLimits'] as Changing, ofObject]) spoil(options);
    await assert.rejects(remote.die(), { name: 'WorkerError' });
    assert.equal(await remote.answer(), 42);
  });

  it('and each is read once', async () => {
    const make = (): { pool: typeof pool; readonly signal: AbortSignal } => {
      let reads = 0;
      return {
        pool,
        get signal() {
          return (reads++ === 0 ? new AbortController().signal : 'no signal') as AbortSignal;
        },
      };
    };
    assert.deepEqual(await parallelMap(items, double, make()), doubled);
    assert.equal(await run((n: number) => n * 2, [2], make()), 4);
    assert.deepEqual(await pipeline(items).cpu(double).toArray(make()), doubled);
    const target = await parallelMapInto(new Float64Array(3), items, (n) => n * 2, make());
    assert.deepEqual([...target], doubled);
  });
});

describe('retries', () => {
  const error = new Error('failed') as never;
  const resolve = (options: object): ReturnType<typeof resolveRetries> =>
    resolveRetries({ retries: 1, ...options } as RetryOptions);

  it('never wait longer than a timer can, which would be no wait at all', () => {
    for (const delay of [Infinity, 2 ** 31, 1e12])
      assert.equal(resolve({ delay: () => delay }).delay(1), 2 ** 31 - 1);
    assert.equal(resolve({ delay: () => -5 }).delay(1), -5);
  });

  it('refuse a delay that is no number, and a promise in the place of a verdict', async () => {
    const refused = { code: 'ERR_TELAR_OPTION', name: 'TypeError' };
    for (const delay of [Number.NaN, undefined, '5', Promise.reject(new Error('late'))])
      assert.throws(() => resolve({ delay: () => delay }).delay(1), refused);
    assert.throws(() => resolve({ when: async () => false }).when(error), refused);
    const when = (async () => false) as unknown as () => boolean;
    await assert.rejects(parallelMap(items, failOnce, { pool, retries: { retries: 1, when } }), refused);
  });
});

describe('gather', () => {
  it('refuses what is no signal, and a hole in the place of a call', async () => {
    const call = (): number => 1;
    await assert.rejects(gather([call], { signal: {} as AbortSignal }), { code: 'ERR_TELAR_OPTION' });
    const holed = Object.assign(Array<typeof call>(3), { 0: call, 2: call });
    await assert.rejects(gather(holed), /Expected call 1 to be a function, got undefined/);
    assert.deepEqual(await gather(Object.assign([call, call], { name: 'pair' })), [1, 1]);
  });
});

describe('an array', () => {
  it('may have any `constructor`', async () => {
    const list = Object.assign([1, 2, 3], { constructor: undefined });
    assert.deepEqual(await parallelMap(list, double, { pool }), doubled);
  });
});
