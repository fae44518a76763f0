import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { execFileSync } from 'node:child_process';
import {
  CloneError,
  parallelMap,
  parallelMapSettled,
  pipeline,
  Pool,
  type Remote,
  spawn,
  TaskError,
  transfer,
} from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';

census();

class Money {
  #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}

/** Answers with what it gets, and with what cannot be answered. */
class Echo {
  echo(value: unknown): unknown {
    return value;
  }
  describe(value: Buffer | { bytes: Buffer }): string {
    return ('bytes' in value ? value.bytes : value).toString();
  }
  makeMoney(): unknown {
    class Coin {
      #cents = 5;
      get cents(): number {
        return this.#cents;
      }
    }
    return [new Coin()];
  }
  async callBack(callback: (bytes: Buffer) => Promise<string> | string): Promise<string> {
    return await callback(Buffer.from('back'));
  }
  *stream(): Generator<Buffer> {
    yield Buffer.from('step');
  }
  fail(): never {
    throw Object.assign(new Error('no'), { stderr: Buffer.from('why'), signal: AbortSignal.abort() });
  }
}

for (const isolate of ['thread', 'process'] as const) {
  describe(`on a ${isolate}`, () => {
    const pool = new Pool({ workers: 1, isolate });
    before(() => parallelMap([1], (n) => n, { pool }));
    after(() => pool.close());

    it('Buffers are Buffers there, and back here, at every depth', async () => {
      const items = [{ list: [new Map([['key', Buffer.from('hi')]])] }];
      const [result] = await parallelMap(
        items,
        ({ list }) => ({ text: list[0]?.get('key')?.toString(), own: [Buffer.from('back')] }),
        { pool },
      );
      assert.equal(result?.text, 'hi');
      assert.equal(result.own[0]?.toString(), 'back');
      assert.deepEqual(await parallelMap([Buffer.from('hi')], (bytes) => bytes.toString(), { pool }), ['hi']);
    });

    it('Buffers that are handed over are Buffers', async () => {
      const bytes = Buffer.alloc(4, 'x');
      assert.deepEqual(await parallelMap([transfer(bytes)], (own) => own.toString(), { pool }), ['xxxx']);
      const [back] = await parallelMap([1], () => transfer(Buffer.alloc(2, 'y')), { pool });
      assert.equal(back?.toString(), 'yy');
    });

    it('between stages, out of folds and out of generators', async () => {
      const bytes = await pipeline([1, 2])
        .cpu((n) => ({ bytes: Buffer.from(`${n}`) }))
        .io(async (value) => value)
        .cpu(({ bytes: own }) => Buffer.concat([own, own]))
        .reduce(
          {
            init: () => [] as Buffer[],
            step: (all, one) => [...all, one],
            merge: (a, b) => [...a, ...b],
          },
          { pool },
        );
      assert.deepEqual(bytes.map(String), ['11', '22']);
      const yielded = await parallelMap(
        [1],
        function* () {
          yield { bytes: Buffer.from('one') };
        },
        { pool },
      );
      assert.deepEqual(
        yielded.map(({ bytes: own }) => own.toString()),
        ['one'],
      );
    });

    it('what a failed program printed is a Buffer of the error', async () => {
      const run = (): unknown =>
        execFileSync(process.execPath, ['-e', 'console.log("said"); process.exit(3)']);
      const reason = await catchReason(parallelMap([1], run, { pool }));
      assert.ok(reason instanceof TaskError);
      assert.equal(String((reason.cause as { stdout: Buffer }).stdout), 'said\n');
    });

    it('a URL, its parameters and headers arrive, in both directions', async () => {
      const item = { url: new URL('https://example.org/a'), headers: new Headers({ accept: 'text/plain' }) };
      const [result] = await parallelMap(
        [item],
        ({ url, headers }) => [url.href, headers.get('accept'), new URL('https://example.org/b')] as const,
        { pool },
      );
      assert.deepEqual(result?.slice(0, 2), ['https://example.org/a', 'text/plain']);
      assert.equal(result?.[2].href, 'https://example.org/b');
    });

    it('an item that would arrive empty fails, and its neighbours run', async () => {
      const items = [1, { price: new Money(5) }, AbortSignal.abort(), new Request('https://example.org'), 2];
      const outcomes = await parallelMapSettled<unknown, string>(items, (item) => typeof item, {
        pool,
        chunkSize: 5,
      });
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.name : outcome.status)),
        ['fulfilled', 'CloneError', 'CloneError', 'CloneError', 'fulfilled'],
      );
      const [, money] = outcomes;
      assert.ok(money?.status === 'rejected' && money.reason instanceof CloneError);
      assert.equal(money.reason.path, 'item.price');
      assert.match(money.reason.message, /an instance of Money would arrive as \{\}/);
    });

    it('so does a result', async () => {
      const outcomes = await parallelMapSettled(
        [1, 2, 3],
        (n) => (n === 2 ? { deep: [new AbortController().signal] } : n),
        { pool },
      );
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const [, failed] = outcomes;
      assert.ok(failed?.status === 'rejected' && failed.reason instanceof CloneError);
      assert.equal(failed.reason.path, 'result.deep[0]');
    });
  });
}

describe('a spawned object', () => {
  let echo: Remote<Echo>;
  before(async () => {
    echo = await spawn(Echo);
  });
  after(() => echo[Symbol.asyncDispose]());

  it('takes and gives Buffers and URLs: arguments, results, callbacks, streams, errors', async () => {
    assert.equal(await echo.describe(Buffer.from('hi')), 'hi');
    assert.equal(await echo.describe({ bytes: Buffer.from('hi') }), 'hi');
    const [bytes, url] = (await echo.echo([Buffer.from('hi'), new URL('https://example.org/')])) as [
      Buffer,
      URL,
    ];
    assert.equal(bytes.toString(), 'hi');
    assert.equal(url.href, 'https://example.org/');
    assert.equal(await echo.callBack((own) => own.toString()), 'back');
    for await (const step of echo.stream()) assert.equal(step.toString(), 'step');
    const reason = (await catchReason(echo.fail())) as { message: string; stderr: Buffer };
    assert.equal(reason.stderr.toString(), 'why');
    assert.equal('signal' in reason, false);
  });

  it('refuses arguments and results that would arrive empty', async () => {
    const argument = await catchReason(echo.echo([new Money(5)]));
    assert.ok(argument instanceof CloneError);
    assert.equal(argument.path, 'arguments[0][0]');
    const result = await catchReason(echo.makeMoney());
    assert.ok(result instanceof CloneError);
    assert.equal(result.path, 'result[0]');
    assert.equal(await echo.echo(1), 1);
  });
});
