import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ItemError, parallelMap, parallelMapSettled, TaskError, TelarError } from 'telar';
import { census } from '../../census.ts';
import {
  kinds,
  rejectKind,
  throwIfNegative,
  throwKind,
  throwKnownKind,
  throwSeventh,
} from '../../fixtures/tasks/throws.ts';
import { catchReason } from '../../harness/collect.ts';
import { makeNumbers, oddSizes } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

async function fail(kind: string, task: (kind: string) => unknown = throwKind): Promise<TaskError> {
  const reason = await catchReason(parallelMap([kind], task, { pool }));
  assert.ok(reason instanceof TaskError, `${String(reason)} is no TaskError`);
  return reason;
}

async function failWithError(kind: string): Promise<Error & { [field: string]: unknown }> {
  const { cause } = await fail(kind);
  assert.ok(cause instanceof Error);
  return cause as Error & { [field: string]: unknown };
}

describe('what a task throws is the cause of a TaskError', () => {
  const values: readonly [kind: string, cause: unknown][] = [
    ['null', null],
    ['undefined', undefined],
    ['string', 'just text'],
    ['number', 7],
    ['object', { code: 7, inner: [1, 2] }],
  ];
  for (const [kind, cause] of values) {
    it(`also ${kind}`, async () => {
      for (const task of [throwKind, rejectKind]) {
        const error = await fail(kind, task);
        assert.ok('cause' in error);
        assert.deepEqual(error.cause, cause);
        assert.ok(error instanceof ItemError && error instanceof TelarError);
        assert.equal(error.index, 0);
        assert.equal(error.attempts, 1);
      }
    });
  }

  it('with its class, name, code, own fields and chain of causes', async () => {
    const cause = await failWithError('ParseError');
    assert.ok(cause instanceof TypeError, 'the nearest built-in class');
    assert.equal(cause.name, 'ParseError');
    assert.equal(cause.message, 'Line 12 does not parse.');
    assert.equal(cause['code'], 'E_PARSE');
    assert.equal(cause['line'], 12);
    assert.ok(cause.cause instanceof SyntaxError);
    assert.equal(cause.cause.cause, 'deepest');
  });

  it('with the stack of the worker, which names the file of the user', async () => {
    const cause = await failWithError('ParseError');
    assert.match(cause.stack ?? '', /fixtures\/tasks\/throws\.js/);
  });

  it('as an AggregateError with all its errors', async () => {
    const cause = await failWithError('AggregateError');
    assert.ok(cause instanceof AggregateError);
    assert.equal(cause.message, 'all failed');
    const [first, second] = cause.errors as unknown[];
    assert.ok(first instanceof RangeError && first.message === 'first');
    assert.equal(second, 'second');
  });

  it('as a DOMException with name and code', async () => {
    const cause = await failWithError('DOMException');
    assert.equal(cause.name, 'TimeoutError');
    assert.equal(cause.message, 'It took too long.');
    assert.equal(cause['code'], 23);
  });

  it('as a system error', async () => {
    const cause = await failWithError('system');
    assert.deepEqual(Object.fromEntries(Object.entries(cause)), {
      code: 'ENOENT',
      errno: -2,
      syscall: 'open',
    });
  });

  it('with a cause that leads back to it, cut where it repeats', async () => {
    const cause = await failWithError('circular');
    assert.equal(cause.message, 'circular');
    const around = cause.cause as Error;
    assert.equal(around.message, 'around');
    assert.match((around.cause as Error).message, /circular/);
  });

  it('without the fields that cannot be read or cloned', async () => {
    assert.equal((await failWithError('getter')).message, 'with a getter');
    assert.deepEqual(Object.entries(await failWithError('uncloneableField')), [['code', 'E_FIELD']]);
    assert.equal((await failWithError('frozen')).message, 'frozen');
    assert.ok((await failWithError('messageGetter')) instanceof Error);
  });

  it('with what can be cloned of it', async () => {
    assert.match((await failWithError('symbol')).message, /Symbol\(thrown\)/);
    assert.match(
      (await failWithError('uncloneable')).message,
      /An object was thrown \(without `fn`, which cannot be cloned\)/,
    );
    assert.match((await failWithError('function')).message, /=>/);
    assert.match((await failWithError('promise')).message, /Promise/);
    for (const kind of ['proxy', 'revoked']) assert.ok((await failWithError(kind)).message.length > 0);
  });

  it('whatever it is: each kind fails its own item, and the others have their results', async () => {
    const items = kinds.flatMap((kind) => [kind, `after ${kind}`]);
    const outcomes = await parallelMapSettled(items, throwKnownKind, { pool });
    outcomes.forEach((outcome, index) => {
      assert.equal(outcome.index, index);
      if (index % 2 === 1) assert.ok(outcome.status === 'fulfilled' && outcome.value === items[index]);
      else assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskError, items[index]);
    });
  });
});

describe('a TaskError', () => {
  it('says which item failed, and why', async () => {
    const reason = await catchReason(parallelMap([1, 2, -3], throwIfNegative, { pool }));
    assert.ok(reason instanceof TaskError);
    assert.equal(reason.name, 'TaskError');
    assert.equal(reason.message, 'Item 2 failed: RangeError: -3 is negative');
    assert.equal(reason.index, 2);
  });

  it('has the stack of the call, not that of a message handler', async () => {
    const reason = await catchReason(parallelMap([-1], throwIfNegative, { pool }));
    assert.ok(reason instanceof TaskError);
    assert.match(reason.stack ?? '', /^TaskError: Item 0 failed.*\n\s+at .*thrown\.test\.js/);
  });
});

describe('parallelMapSettled', () => {
  for (const size of oddSizes) {
    it(`gives the outcome of each of ${size} items, in order`, async () => {
      const items = makeNumbers(size, size);
      const outcomes = await parallelMapSettled(items, throwSeventh, { pool, chunkSize: 10 });
      assert.equal(outcomes.length, size);
      outcomes.forEach((outcome, index) => {
        assert.equal(outcome.index, index);
        assert.equal(outcome.attempts, 1);
        if (index % 7 !== 6) assert.ok(outcome.status === 'fulfilled' && outcome.value === items[index]);
        else assert.ok(outcome.status === 'rejected' && outcome.reason.message.includes(`item ${index}`));
      });
    });
  }
});
