import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloneError, parallelMap, parallelMapSettled, pipeline, Pool, type Settled, TaskError } from 'telar';
import { census } from '../../census.ts';
import { link, nest } from '../../fixtures/nest.ts';
import { catchReason } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

/** From what the main thread alone cannot read, to what nobody can write. */
const DEPTHS = [6_000, 12_000, 20_000, 50_000];

function assertTooDeep(outcome: Settled<unknown> | undefined, path: string): void {
  assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof CloneError);
  assert.match(outcome.reason.message, /nested too deep/);
  assert.ok(outcome.reason.message.length < 300, outcome.reason.message);
  assert.equal(outcome.reason.path, path);
}

describe('a value that is nested too deep to be cloned', () => {
  for (const depth of DEPTHS) {
    it(`is a failure of its item as an item, and of no other: ${depth} levels`, async () => {
      const items = [1, nest(depth), link(depth), 2];
      const [before, deep, linked, after] = await parallelMapSettled(items, (item) => typeof item, {
        pool,
        chunkSize: 4,
      });
      assert.ok(before?.status === 'fulfilled' && after?.status === 'fulfilled');
      assertTooDeep(deep, 'item');
      assertTooDeep(linked, 'item');
    });

    it(`is a failure of its item as a result, and of no other: ${depth} levels`, async () => {
      const [before, deep, linked, after] = await parallelMapSettled(
        [0, depth, -depth, 0],
        (levels) => (levels < 0 ? link(-levels) : nest(levels)),
        { pool, chunkSize: 4 },
      );
      assert.ok(before?.status === 'fulfilled' && after?.status === 'fulfilled');
      assertTooDeep(deep, 'result');
      assertTooDeep(linked, 'result');
    });
  }

  it('is one in a pipeline', async () => {
    const reason = await catchReason(
      pipeline([0, 20_000])
        .cpu((levels) => nest(levels))
        .toArray({ pool }),
    );
    assert.match(String(reason), /nested too deep/);
  });

  it('ends a fold of which it is the state', async () => {
    const fold = { init: () => ({}), step: () => nest(20_000), merge: (state: object) => state };
    for (const source of [pipeline([1, 2]), pipeline([1, 2]).cpu((n) => n)]) {
      await assert.rejects(source.reduce(fold, { pool }), {
        name: 'CloneError',
        message: /^`?(The )?`?state.* nested too deep/,
      });
    }
  });

  it('does not cost an error whose field it is', async () => {
    const reason = await catchReason(
      parallelMap(
        [1],
        () => {
          throw Object.assign(new RangeError('too much'), { code: 'E_MUCH', detail: nest(3_000) });
        },
        { pool },
      ),
    );
    assert.ok(reason instanceof TaskError && reason.cause instanceof RangeError);
    assert.equal(Reflect.get(reason.cause, 'code'), 'E_MUCH');
  });

  it('is one in a process', async () => {
    const processes = new Pool({ workers: 1, isolate: 'process' });
    try {
      const outcomes = await parallelMapSettled(
        [nest(20_000), 20_000, 1],
        (item) => (typeof item === 'number' ? nest(item) : 0),
        { pool: processes, chunkSize: 1 },
      );
      assertTooDeep(outcomes[0], 'item');
      assertTooDeep(outcomes[1], 'result');
      assert.equal(outcomes[2]?.status, 'fulfilled');
    } finally {
      await processes.close();
    }
  });

  it('names what cannot be cloned at all deep inside, by the ends of its path', async () => {
    let value: unknown = { close() {} };
    for (let level = 0; level < 20_000; level++) value = { value };
    const [outcome] = await parallelMapSettled([value], (item) => typeof item, { pool });
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof CloneError);
    assert.match(outcome.reason.message, /^`item\.value\.value.* … .*\.value\.close` of item 0 cannot cross/);
    assert.ok(outcome.reason.message.length < 400, outcome.reason.message);
  });
});
