import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled, type RunSummary } from 'telar';
import { judge } from '../src/progress/summary.ts';
import { census } from './census.ts';
import { double, echo, work } from './fixtures/tasks/computes.ts';
import { skipOdd, stopAtNegative } from './fixtures/tasks/generates.ts';
import { throwIfNegative, throwSeventh } from './fixtures/tasks/throws.ts';
import { succeedAt } from './fixtures/tasks/tries.ts';
import { catchReason, collect } from './harness/collect.ts';
import { usePool } from './harness/pool.ts';

census();
const pool = usePool();

async function summarise(
  call: (onSummary: (summary: RunSummary) => void) => Promise<unknown>,
): Promise<RunSummary> {
  const summaries: RunSummary[] = [];
  await call((summary) => summaries.push(summary)).catch(() => {});
  assert.equal(summaries.length, 1, 'a run has one summary');
  return summaries[0] as RunSummary;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the summary of a run', () => {
  it('counts its items', async () => {
    const summary = await summarise((onSummary) => parallelMap(range(997), double, { pool, onSummary }));
    const { items, failed, skipped, retried, repeated, strays, workers } = summary;
    assert.deepEqual(
      { items, failed, skipped, retried, repeated, strays, workers },
      { items: 997, failed: 0, skipped: 0, retried: 0, repeated: 0, strays: 0, workers: 2 },
    );
  });

  it('counts failures, skips and tries', async () => {
    const failing = await summarise((onSummary) =>
      parallelMapSettled(range(50), throwSeventh, { pool, retries: 1, onSummary }),
    );
    assert.equal(failing.items, 50);
    assert.equal(failing.failed, 7);
    assert.equal(failing.retried, 7);
    const skipping = await summarise((onSummary) => parallelMap(range(51), skipOdd, { pool, onSummary }));
    assert.equal(skipping.skipped, 25);
    const trials = range(10).map((value) => ({ value, succeedsAt: 1 + (value % 2) }));
    const retrying = await summarise((onSummary) =>
      parallelMap(trials, succeedAt, { pool, retries: 3, onSummary }),
    );
    assert.deepEqual([retrying.items, retrying.failed, retrying.retried], [10, 0, 5]);
  });

  it('has times that add up', async () => {
    const steps = range(40).fill(200);
    const summary = await summarise((onSummary) => parallelMap(steps, work, { pool, onSummary }));
    const { elapsed, compute, transport, load, speedup } = summary;
    for (const time of [elapsed, compute, transport, load]) assert.ok(Number.isFinite(time) && time >= 0);
    assert.ok(elapsed > 0);
    assert.ok(Math.abs(speedup - compute / elapsed) < 1e-9);
    assert.ok(compute <= elapsed * 2 * 1.01, 'two workers compute at most twice the time that passed');
  });

  it('comes when the call fails, is aborted, is stopped or is left', async () => {
    const failed = await summarise((onSummary) => parallelMap([1, -1], throwIfNegative, { pool, onSummary }));
    assert.equal(failed.failed, 1);
    const controller = new AbortController();
    const aborted = await summarise((onSummary) => {
      const results = parallelMap(range(1000), echo<number>, { pool, onSummary, signal: controller.signal });
      controller.abort();
      return catchReason(results);
    });
    assert.equal(aborted.items, 0);
    await summarise((onSummary) => parallelMap([1, -1, 2], stopAtNegative, { pool, onSummary }));
    const left = await summarise(async (onSummary) => {
      for await (const _ of parallelMapIterable(range(10), double, { pool, onSummary })) break;
    });
    assert.ok(left.items <= 10);
    const read = await summarise((onSummary) =>
      collect(parallelMapIterable(range(10), double, { pool, onSummary })),
    );
    assert.equal(read.items, 10);
  });

  it('comes before the call resolves, and for no items as well', async () => {
    const summary = await summarise((onSummary) => parallelMap([], double, { pool, onSummary }));
    assert.equal(summary.items, 0);
    assert.equal(summary.verdict, undefined);
  });

  it('whose listener throws makes the call reject with that error, and frees everything', async () => {
    const failure = new Error('of the listener');
    const onSummary = (): never => {
      throw failure;
    };
    assert.equal(await catchReason(parallelMap([1], double, { pool, onSummary })), failure);
    assert.deepEqual(await parallelMap([1], double, { pool }), [2]);
  });
});

describe('the verdict', () => {
  const paid: Omit<RunSummary, 'verdict'> = {
    items: 1000,
    failed: 0,
    skipped: 0,
    retried: 0,
    repeated: 0,
    resumed: 0,
    strays: 0,
    workers: 2,
    elapsed: 100,
    compute: 190,
    transport: 1,
    load: 1,
    capture: undefined,
    speedup: 1.9,
  };
  const cases: readonly [title: string, run: Partial<RunSummary>, verdict: RegExp | undefined][] = [
    ['is silent when it paid', {}, undefined],
    ['is silent without items', { items: 0, speedup: 0 }, undefined],
    [
      'says when there was too little work',
      { compute: 1, elapsed: 20, speedup: 0.05 },
      /took 1\.0 ms of work/,
    ],
    ['says when there was one worker', { workers: 1, compute: 90, speedup: 0.9 }, /there was one worker/],
    [
      'says when carrying cost more',
      { compute: 20, transport: 60, speedup: 0.2 },
      /75 % of the workers' time .* 20 µs/,
    ],
    [
      'says when loading cost more',
      { compute: 50, load: 80, speedup: 0.5 },
      /loading the task took 80 ms, its work 50 ms/,
    ],
    [
      'names what a task has captured when copying that took longer than its work',
      { compute: 4, load: 3, capture: { bytes: 12_300_000, ms: 50, largest: 'catalogue' }, speedup: 0.1 },
      /captures \(12\.3 MB, most of it `catalogue`\) took 50 ms here and 3 ms in the workers, .* 4\.0 ms.*share\(\)/,
    ],
    [
      'names no capture that is small',
      { compute: 50, capture: { bytes: 99_000, ms: 90, largest: 'small' }, speedup: 0.5 },
      /idle/,
    ],
    [
      'names no capture that took less than the work',
      { compute: 50, capture: { bytes: 1e6, ms: 40, largest: 'large' }, speedup: 0.5 },
      /idle/,
    ],
    ['says when workers were idle', { compute: 50, speedup: 0.5 }, /idle for most of the 100 ms/],
  ];
  for (const [title, run, verdict] of cases) {
    it(title, () => {
      const judged = judge({ ...paid, ...run });
      if (verdict === undefined) assert.equal(judged, undefined);
      else assert.match(judged ?? '', verdict);
    });
  }
});
