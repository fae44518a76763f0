import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Writable } from 'node:stream';
import { type ByteSink, toLines } from 'telar/files';
import { pipeline, type PipelineSummary } from 'telar';
import { census } from '../../census.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

describe('a run whose sink takes nothing', () => {
  it('ends with its signal', async () => {
    const controller = new AbortController();
    const stuck = new Writable({ write: () => controller.abort(new Error('enough')) });
    const running = pipeline([1, 2, 3]).to(toLines(stuck), { pool, signal: controller.signal });
    await assert.rejects(running, /enough/);
    stuck.destroy();
  });
});

describe('a run whose reader fails', () => {
  for (const kind of ['bytes', 'values', 'forEach'] as const) {
    it(`closes the source, and tells its summary (${kind})`, async () => {
      let isClosed = false;
      let summary: PipelineSummary | undefined;
      async function* count(): AsyncGenerator<number> {
        try {
          for (let n = 0; ; n++) {
            yield n;
            if (n % 100 === 0) await new Promise(setImmediate);
          }
        } finally {
          isClosed = true;
        }
      }
      const fail = (): Promise<void> => Promise.reject(new Error('full'));
      const done = (): Promise<void> => Promise.resolve();
      const rest = { write: fail, end: done, abort: done };
      const sink: ByteSink<number> = {
        kind: 'bytes',
        open: () => Promise.resolve({ format: { kind: 'lines' }, ...rest }),
      };
      const options = { pool, onSummary: (told: PipelineSummary) => void (summary = told) };
      const run = pipeline(count());
      let running: Promise<unknown>;
      if (kind === 'bytes') running = run.to(sink, options);
      else if (kind === 'values')
        running = run.to({ kind: 'values', open: () => Promise.resolve(rest) }, options);
      else running = run.forEach(fail, options);
      await assert.rejects(running, /full/);
      assert.ok(isClosed);
      assert.ok(summary !== undefined);
    });
  }
});
