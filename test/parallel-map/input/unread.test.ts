import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { lines, toLines } from 'telar/files';
import { parallelMap, parallelMapIterable, parallelMapSettled, pipeline, Pool } from 'telar';
import { census } from '../../census.ts';
import { double } from '../../fixtures/tasks/computes.ts';
import { collect } from '../../harness/collect.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
let folder: string;
before(async () => {
  folder = await makeFolder('unread');
});
after(() => removeFolder(folder));

type Numbers = Iterable<number> | AsyncIterable<number>;

const calls: Record<string, (input: Numbers, signal: AbortSignal) => Promise<unknown>> = {
  parallelMap: (input, signal) => parallelMap(input, double, { pool, signal }),
  'parallelMap with a journal': (input, signal) =>
    parallelMap(input, double, { pool, signal, journal: join(folder, 'map') }),
  parallelMapSettled: (input, signal) => parallelMapSettled(input, double, { pool, signal }),
  parallelMapIterable: (input, signal) => collect(parallelMapIterable(input, double, { pool, signal })),
  'a pipeline': (input, signal) => pipeline(input).cpu(double).toArray({ pool, signal }),
  'a pipeline that is read': (input, signal) =>
    collect(pipeline(input).cpu(double).iterate({ pool, signal })),
  'a pipeline into a file': (input, signal) =>
    pipeline(input)
      .cpu(double)
      .to(toLines(join(folder, 'out')), { pool, signal }),
  'a pipeline with a journal': (input, signal) =>
    pipeline(input)
      .cpu(double)
      .run({ pool, signal, journal: join(folder, 'pipeline') }),
};

function listInputs(): [name: string, input: Numbers, isClosed: () => boolean][] {
  const stream = Readable.from([1, 2, 3]);
  let isCancelled = false;
  const web = new ReadableStream<number>({ cancel: () => void (isCancelled = true) });
  let isReturned = false;
  const iterator: IterableIterator<number> = {
    next: () => ({ done: false, value: 1 }),
    return: () => {
      isReturned = true;
      return { done: true, value: undefined };
    },
    [Symbol.iterator]: () => iterator,
  };
  return [
    ['a stream', stream, () => stream.destroyed],
    ['a web stream', web as unknown as AsyncIterable<number>, () => isCancelled],
    ['an iterator', iterator, () => isReturned],
  ];
}

describe('an input that was not read is closed', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`when the signal has fired before the call: ${name}`, async () => {
      for (const [kind, input, isClosed] of listInputs()) {
        // oxlint-disable-next-line no-await-in-loop
        await assert.rejects(call(input, AbortSignal.abort(new Error('before'))), /before/);
        assert.ok(isClosed(), kind);
      }
    });

    it(`when the signal fires in the turn of the call: ${name}`, async () => {
      for (const [kind, input, isClosed] of listInputs()) {
        const controller = new AbortController();
        const calling = call(input, controller.signal);
        controller.abort(new Error('at once'));
        // oxlint-disable-next-line no-await-in-loop
        await assert.rejects(calling, /at once/);
        assert.ok(isClosed(), kind);
      }
    });
  }

  it('when the pool is closed', async () => {
    const closed = new Pool({ workers: 1 });
    await closed.close();
    for (const [kind, input, isClosed] of listInputs()) {
      // oxlint-disable-next-line no-await-in-loop
      await assert.rejects(parallelMap(input, double, { pool: closed }), /closed/);
      assert.ok(isClosed(), kind);
    }
    for (const [kind, input, isClosed] of listInputs()) {
      // oxlint-disable-next-line no-await-in-loop
      await assert.rejects(pipeline(input).cpu(double).toArray({ pool: closed }), /closed/);
      assert.ok(isClosed(), kind);
    }
  });

  it('when the task cannot travel', async () => {
    const socket = new AbortController();
    for (const [kind, input, isClosed] of listInputs()) {
      // oxlint-disable-next-line no-await-in-loop
      await assert.rejects(
        parallelMap(input, (n) => [n, socket], { pool }),
        { name: 'CaptureError' },
      );
      assert.ok(isClosed(), kind);
    }
  });

  it('when the sink cannot be opened', async () => {
    for (const [kind, input, isClosed] of listInputs()) {
      const sink = toLines(join(folder, 'no/such/folder/out'));
      // oxlint-disable-next-line no-await-in-loop
      await assert.rejects(pipeline(input).cpu(double).to(sink, { pool }), /no\/such/);
      assert.ok(isClosed(), kind);
    }
  });

  it('also where it is a stream of bytes', async () => {
    const stream = Readable.from([Buffer.from('1\n2\n')]);
    const closing = once(stream, 'close');
    const calling = pipeline(lines(stream)).run({ pool, signal: AbortSignal.abort(new Error('before')) });
    await assert.rejects(calling, /before/);
    await closing;
    assert.ok(stream.destroyed);
  });
});

describe('a stream of which something is awaited is closed', () => {
  const open: Record<string, () => [input: AsyncIterable<number>, isClosed: () => boolean]> = {
    'a stream': () => {
      const stream = new Readable({ objectMode: true, read() {} });
      return [stream, () => stream.destroyed];
    },
    'a web stream': () => {
      let isCancelled = false;
      const web = new ReadableStream<number>({ cancel: () => void (isCancelled = true) });
      return [web as unknown as AsyncIterable<number>, () => isCancelled];
    },
  };
  for (const [kind, openInput] of Object.entries(open)) {
    for (const [name, call] of Object.entries(calls)) {
      it(`when the signal fires: ${kind}, ${name}`, async () => {
        const [input, isClosed] = openInput();
        const controller = new AbortController();
        const calling = call(input, controller.signal);
        setTimeout(() => controller.abort(new Error('later')), 10);
        await assert.rejects(calling, /later/);
        assert.ok(isClosed());
      });
    }
  }
});
