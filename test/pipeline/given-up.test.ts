import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
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

  it('though the sink never gives up', async ({ mock }) => {
    // The time in which the sink is waited for passes at once.
    const abort = (): Promise<never> => {
      mock.timers.enable({ apis: ['setTimeout'] });
      setImmediate(() => mock.timers.tick(30_000));
      return new Promise(() => {});
    };
    try {
      await assert.rejects(unbundledPipeline(items).io(fail).to(makeSink(abort)), /no such item/);
    } finally {
      mock.timers.reset();
    }
  });
});
