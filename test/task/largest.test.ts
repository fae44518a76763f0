import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, pipeline, type RunSummary } from 'telar';
import { double } from '../fixtures/tasks/computes.ts';
import { usePool } from '../harness/pool.ts';

const pool = usePool();

const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `x${id}` }));
const index = new Map(rows.map((row) => [row.text, row] as const));
const frozen = Object.freeze(rows.slice(0, 5000).map((row) => Object.freeze({ ...row })));
const bytes = new Uint8Array(300_000);
const text = 'a long text '.repeat(20_000);
const small = [1, 2, 3];
const bag = { small, deep: { within: [rows.slice(0, 10_000)] } };
const find = (id: number): number => rows[id]?.id ?? 0;
class Store {
  readonly kept = bytes;
  has(id: number): boolean {
    return this.kept[id] !== undefined;
  }
}
const store = new Store();

type Call = (onSummary: (summary: RunSummary) => void) => Promise<unknown>;

async function readCapture(call: Call): Promise<RunSummary['capture']> {
  let found: RunSummary | undefined;
  await call((summary) => (found = summary));
  return found?.capture;
}

const map =
  (task: (item: number) => unknown): Call =>
  (onSummary) =>
    parallelMap([1, 2], task, { pool, onSummary });

describe('the capture in the summary', () => {
  for (const [name, task, least] of [
    ['rows', (id: number) => [small[id], rows[id]?.text], 200_000],
    ['index', (id: number) => [small[id], index.get(`x${id}`)?.id], 200_000],
    ['frozen', (id: number) => [small[id], frozen[id]?.id], 100_000],
    ['bytes', (id: number) => [small[id], bytes[id]], 300_000],
    ['text', (id: number) => [small[id], text[id]], 200_000],
    ['bag', (id: number) => [small[id], bag], 100_000],
    ['store', (id: number) => [small[id], store.has(id)], 300_000],
    ['small', (id: number) => small[id], 50],
  ] as const) {
    it(`has its size, and names what holds most of it: ${name}`, async () => {
      const capture = await readCapture(map(task));
      assert.equal(capture?.largest, name);
      assert.ok(capture.bytes >= least && capture.bytes < 3_000_000, `${capture.bytes}`);
      assert.ok(capture.ms > 0);
    });
  }

  it('names what a function holds that is captured', async () => {
    assert.equal((await readCapture(map((id) => [small[id], find(id)])))?.largest, 'rows');
  });

  it('names nothing where nothing is held', async () => {
    const capture = await readCapture(map((id) => id + 1));
    assert.ok(capture !== undefined && capture.bytes > 0);
    assert.equal(capture.largest, undefined);
  });

  it('is none of a task that is imported', async () => {
    assert.equal(await readCapture(map(double)), undefined);
  });

  it('is the same for other forms of a call', async () => {
    const capture = await readCapture(async (onSummary) => {
      for await (const _ of parallelMapIterable([1], (id) => rows[id], { pool, onSummary }));
    });
    assert.equal(capture?.largest, 'rows');
  });

  it('is that of all stages in a pipeline, whose verdict names it', async () => {
    let summary: RunSummary | undefined;
    await pipeline([1, 2])
      .cpu((id) => id + (small[0] ?? 0))
      .cpu((id) => rows[id]?.id ?? 0)
      .toArray({ pool, onSummary: (given) => (summary = given) });
    assert.equal(summary?.capture?.largest, 'rows');
    assert.match(summary?.verdict ?? '', /most of it `rows`/);
  });
});
