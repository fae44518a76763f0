import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from '../../src/bytes/sink.ts';
import { toNdjson } from 'telar/files';
import { parallelMap, pipeline } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

// A run with a journal keeps its file for the next one.
census({ keeps: /\.shared\.ndjson\.[^/]*\.tmp$/ });
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('broken-ends');
});

after(() => removeFolder(folder));

const items = [1, 2, 3, 4];
const fail = (): never => {
  throw new RangeError('no such item');
};
const raise = (message: string) => (): never => {
  throw new Error(message);
};
const never = (): Promise<never> => new Promise(() => {});

type Calls = Partial<Record<'write' | 'end' | 'abort', () => Promise<void>>>;

function makeSink(calls: Calls = {}): Sink<unknown> & { aborted: number } {
  const sink = {
    kind: 'values' as const,
    aborted: 0,
    open: async () => ({
      write: async () => {},
      end: async () => {},
      abort: async () => {
        sink.aborted++;
      },
      ...calls,
    }),
  };
  return sink;
}

/** Aborts a run a little after it has begun. */
const soon = (reason: Error): AbortSignal => {
  const controller = new AbortController();
  void sleep(20).then(() => controller.abort(reason));
  return controller.signal;
};

describe('what ended a run is told', () => {
  const itsItem = { name: 'TaskError', message: /no such item/ };

  it('though the sink cannot be given up', async () => {
    await assert.rejects(
      pipeline(items)
        .cpu(fail)
        .to(makeSink({ abort: raise('not given up') }), { pool }),
      itsItem,
    );
  });

  it('though onProgress and onSummary throw', async () => {
    const options = { pool, onProgress: raise('progress'), onSummary: raise('summary') };
    await assert.rejects(pipeline(items).cpu(fail).run(options), itsItem);
    await assert.rejects(parallelMap(items, fail, { ...options, onProgress: undefined }), itsItem);
  });

  it('though the source cannot be closed', async () => {
    const source = function* (): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        raise('not closed')();
      }
    };
    await assert.rejects(pipeline(source()).cpu(fail).run({ pool }), itsItem);
  });
});

describe('a callback that throws at the end', () => {
  it('keeps none of the others from being called, and no journal open', async () => {
    const journal = join(folder, 'throws.journal');
    for (let time = 0; time < 2; time++) {
      let summaries = 0;
      const options = { pool, journal, onProgress: raise('progress'), onSummary: () => summaries++ };
      await assert.rejects(
        parallelMap(items, (n) => n, options),
        /progress/,
      );
      assert.equal(summaries, 1);
    }
    assert.deepEqual(await parallelMap(items, (n) => n, { pool, journal }), items);
    let told = 0;
    const options = { pool, onProgress: raise('progress'), onSummary: () => told++ };
    await assert.rejects(
      pipeline(items)
        .cpu((n) => n)
        .run(options),
      /progress/,
    );
    assert.equal(told, 1);
  });

  it('makes a pipeline reject, also where it rejects itself', async () => {
    const onSummary = async (): Promise<void> => {
      await sleep(1);
      throw new Error('summary');
    };
    await assert.rejects(
      pipeline(items)
        .cpu((n) => n)
        .run({ pool, onSummary: onSummary as () => void }),
      /summary/,
    );
  });

  it('makes a run reject of which a journal leaves nothing to do', async () => {
    const options = { pool, journal: join(folder, 'done.journal') };
    const squares = pipeline(items).cpu((n) => n * n);
    await squares.run(options);
    const onSummary = async (): Promise<void> => {
      await sleep(1);
      throw new Error('summary');
    };
    await assert.rejects(squares.run({ ...options, onSummary: onSummary as () => void }), /summary/);
  });
});

describe('a signal that fires', () => {
  const reason = new Error('enough');

  it('in code of the user that the call itself has called ends the call', async () => {
    const controller = new AbortController();
    const cost = (n: number): number => {
      controller.abort(reason);
      return n;
    };
    await assert.rejects(
      parallelMap(items, (n) => n, { pool, cost, signal: controller.signal }),
      reason,
    );
    const second = new AbortController();
    const input = {
      [Symbol.iterator]: () => {
        second.abort(reason);
        return items.values();
      },
    };
    await assert.rejects(
      parallelMap(input, (n) => n, { pool, signal: second.signal }),
      reason,
    );
  });

  it('gives a sink up that opens later', async () => {
    const sink = makeSink();
    const late: Sink<unknown> = {
      kind: 'values',
      open: async () => {
        await sleep(60);
        return await (sink.open() as Promise<never>);
      },
    };
    await assert.rejects(pipeline(items).to(late, { pool, signal: soon(reason) }), reason);
    assert.equal(sink.aborted, 1);
  });

  it('ends a run whose sink never opens, or whose dead letters are never taken', async () => {
    const unopened: Sink<unknown> = { kind: 'values', open: never };
    const signal = soon(reason);
    // Each waits a second, so they wait at once.
    const runs = [
      pipeline(items).to(unopened, { pool, signal }),
      pipeline(items).cpu(fail).onError(never).run({ pool, signal }),
      pipeline(items)
        .cpu(fail)
        .onError(makeSink({ write: never }))
        .run({ pool, signal }),
      pipeline(items).io(fail).onError(never).run({ signal }),
    ];
    for (const ended of await Promise.allSettled(runs))
      assert.deepEqual(ended, { status: 'rejected', reason });
  });
});

describe('a sink', () => {
  it('that opens no writer is a TypeError, and nothing is lost in it', async () => {
    for (const writer of [undefined, null, {}, { write: () => {} }]) {
      const sink = { kind: 'values', open: () => Promise.resolve(writer) } as unknown as Sink<number>;
      await assert.rejects(pipeline(items).to(sink, { pool }), {
        name: 'TypeError',
        message: /a writer with/,
      });
    }
  });

  it('whose dead letters cannot be ended gives them up', async () => {
    const letters = makeSink({ end: raise('not ended') });
    await assert.rejects(pipeline(items).cpu(fail).onError(letters).run({ pool }), /not ended/);
    assert.equal(letters.aborted, 1);
  });

  it('of a file that another one is writing is refused, and the file is free again afterwards', async () => {
    const path = join(folder, 'shared.ndjson');
    const odd = (n: number): number => (n % 2 === 0 ? n : fail());
    const both = pipeline(items).cpu(odd).onError(toNdjson(path)).to(toNdjson(path), { pool });
    await assert.rejects(both, /another sink of this program is writing it/);
    assert.equal(existsSync(path), false);
    // The file is the same one by another name of its folder, also before it is there.
    symlinkSync(folder, join(folder, 'alias'), 'junction');
    const alias = pipeline(items)
      .cpu(odd)
      .onError(toNdjson(join(folder, 'alias', 'shared.ndjson')));
    await assert.rejects(alias.to(toNdjson(path), { pool }), /another sink of this program is writing it/);
    const writes = await Promise.allSettled([1, 2].map(() => pipeline(items).to(toNdjson(path), { pool })));
    assert.deepEqual(writes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    await pipeline(items).to(toNdjson(path), { pool });
    const journal = join(folder, 'shared.journal');
    await assert.rejects(
      pipeline(items).cpu(odd).onError(toNdjson(path)).to(toNdjson(path), { pool, journal }),
      /another sink of this program is writing it/,
    );
    await pipeline(items).to(toNdjson(path), { pool });
  });
});
