import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it, type MockTracker } from 'node:test';
import { pipeline } from 'telar';
import type { Sink } from '../../src/bytes/sink.ts';
import { pipeline as unbundledPipeline } from '../../src/index.ts';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('given-up');
});

after(() => removeFolder(folder));

const items = [1, 2, 3, 4];
const itsItem = { name: 'TaskError', message: /no such item/ };
const fail = (): never => {
  throw new RangeError('no such item');
};

function makeSink(abort: () => Promise<never>) {
  const nothing = async (): Promise<void> => {};
  return {
    kind: 'values',
    open: async () => ({ write: nothing, end: nothing, abort }),
  } satisfies Sink<unknown>;
}

describe('what ended a run is told', () => {
  for (const journal of [undefined, 'given-up.journal']) {
    const name = journal === undefined ? '' : ', with a journal';
    const run = async (abort: () => Promise<never>): Promise<boolean> => {
      let isClosed = false;
      const source = (function* () {
        try {
          for (;;) yield* items;
        } finally {
          isClosed = true;
        }
      })();
      const sink = makeSink(abort);
      const checkpoint = async (): Promise<void> => {};
      const open = async () => ({ ...(await sink.open()), checkpoint });
      const ended = pipeline(source)
        .cpu(fail)
        .to(Object.assign(sink, { resumable: { name: 'sink', open } }), {
          pool,
          ...(journal !== undefined && { journal: join(folder, journal) }),
        });
      await assert.rejects(ended, itsItem);
      return isClosed;
    };

    it(`though the sink cannot be given up, and the source is closed${name}`, async () => {
      assert.equal(await run(async () => await Promise.reject(new Error('not given up'))), true);
    });
  }

  /** Has a sink never settle, and the time in which it is waited for pass at once. */
  const waitFor = ({ timers }: MockTracker) => {
    return (): Promise<never> => {
      timers.enable({ apis: ['setTimeout'] });
      setImmediate(() => timers.tick(30_000));
      return new Promise(() => {});
    };
  };

  it('though the sink never gives up', async ({ mock }) => {
    try {
      await assert.rejects(
        unbundledPipeline(items)
          .io(fail)
          .to(makeSink(waitFor(mock))),
        /no such item/,
      );
    } finally {
      mock.timers.reset();
    }
  });

  it('though the sink of dead letters, with a journal, never gives up', async ({ mock }) => {
    const checkpoint = async (): Promise<void> => {};
    const letters = makeSink(waitFor(mock));
    const open = async () => ({ ...(await letters.open()), checkpoint });
    const full = {
      open: async () => ({ ...(await letters.open()), checkpoint, write: fail, abort: checkpoint }),
    };
    try {
      const ended = unbundledPipeline(items)
        .io((item: number) => (item === 1 ? fail() : item))
        .onError(Object.assign(letters, { resumable: { name: 'letters', open } }))
        .to(
          { kind: 'values', ...full, resumable: { name: 'full', ...full } },
          { journal: join(folder, 'letters') },
        );
      await assert.rejects(ended, itsItem.message);
    } finally {
      mock.timers.reset();
    }
  });
});
