import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  Pool,
  type PoolOptions,
  transfer,
  WorkerError,
} from 'telar';
import { census } from '../census.ts';
import { double, echo } from '../fixtures/tasks/computes.ts';
import { exitIfNegative } from '../fixtures/tasks/exits.ts';
import { catchReason } from '../harness/collect.ts';
import { refuseThreads } from '../harness/refuse-threads.ts';
import { runProgram } from '../harness/program.ts';

let undo: (() => void) | undefined;
// This hook runs before the census counts.
afterEach(() => {
  undo?.();
  undo = undefined;
});
census();

const items = Array.from({ length: 40 }, (_, index) => index);
const doubles = items.map((item) => item * 2);

async function withPool(options: PoolOptions, use: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = new Pool({ workers: 3, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

async function assertUnstarted(pool: Pool, cause: RegExp, advice: RegExp): Promise<void> {
  const calls = Array.from({ length: 10 }, () => catchReason(parallelMap(items, double, { pool })));
  for (const error of await Promise.all(calls)) {
    assert.ok(error instanceof WorkerError, String(error));
    assert.equal(error.reason, 'start');
    assert.equal(error.index, 0);
    assert.match(String(error.cause), cause);
    assert.match(error.message, advice);
    assert.match(error.stack ?? '', /system\.test/);
  }
}

async function collectWarnings(use: () => Promise<void>): Promise<string[]> {
  const texts: string[] = [];
  const listen = ({ name, message }: Error): void => {
    if (name === 'TelarStartWarning') texts.push(message);
  };
  process.on('warning', listen);
  try {
    await use();
    await new Promise(setImmediate);
  } finally {
    process.off('warning', listen);
  }
  return texts;
}

describe('a system that gives no thread', () => {
  it('rejects the calls, and not those that come when it gives some again', async () => {
    const refused = refuseThreads(() => true);
    undo = refused.end;
    await withPool({}, async (pool) => {
      await assertUnstarted(pool, /^Error: EAGAIN$/, /ulimit -u/);
      assert.ok(refused.asked <= 5, `${refused.asked} threads were asked for`);
      refused.end();
      assert.deepEqual(await parallelMap(items, double, { pool }), doubles);
    });
  });

  it('is asked again, and the calls do not notice when it gives one then', async () => {
    undo = refuseThreads((count) => count < 4).end;
    await withPool({}, async (pool) => {
      const warnings = await collectWarnings(async () => {
        assert.deepEqual(await parallelMap(items, double, { pool }), doubles);
      });
      assert.deepEqual(warnings, []);
    });
  });

  it('leaves a pool with those it gave, and one warning', async () => {
    undo = refuseThreads((count) => count > 0).end;
    await withPool({}, async (pool) => {
      const warnings = await collectWarnings(async () => {
        for (let call = 0; call < 3; call++) {
          assert.deepEqual(await parallelMap(items, double, { pool, chunkSize: 1 }), doubles);
        }
      });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /fewer run: Error: EAGAIN\. .*ulimit -u/);
    });
  });

  it('in the place of one that died rejects the call at the first item without an outcome', async () => {
    undo = refuseThreads((count) => count > 0).end;
    await withPool({ workers: 1 }, async (pool) => {
      const read: number[] = [];
      const error = await catchReason(
        (async () => {
          const results = parallelMapIterable([1, 2, 3, -4, 5, 6], exitIfNegative, {
            pool,
            chunkSize: 1,
            retries: 1,
          });
          for await (const result of results) read.push(result);
        })(),
      );
      assert.ok(error instanceof WorkerError && error.reason === 'start', String(error));
      assert.equal(error.index, 3);
      assert.deepEqual(read, [2, 4, 6]);
      const settled = await catchReason(parallelMapSettled([1, -2, 3], exitIfNegative, { pool }));
      assert.ok(settled instanceof WorkerError && settled.reason === 'start', String(settled));
    });
  });

  it('leaves what was to be handed over where it is', async () => {
    undo = refuseThreads(() => true).end;
    await withPool({}, async (pool) => {
      const bytes = transfer(new Uint8Array([1, 2, 3]));
      await assert.rejects(parallelMap([bytes], echo, { pool }), { reason: 'start' });
      assert.equal(bytes.byteLength, 3);
      undo?.();
      assert.deepEqual(await parallelMap([bytes], echo<Uint8Array>, { pool }), [new Uint8Array([1, 2, 3])]);
      assert.equal(bytes.byteLength, 0);
    });
  });
});

describe('a thread that has too little memory to start', () => {
  for (const resourceLimits of [
    { maxOldGenerationSizeMb: 1 },
    { maxOldGenerationSizeMb: 3.5 },
    { stackSizeMb: 0.1 },
  ]) {
    it(`rejects the call: ${JSON.stringify(resourceLimits)}`, async () => {
      await withPool({ resourceLimits }, (pool) =>
        assertUnstarted(pool, /no thread starts with less than|out of memory/, /`resourceLimits`/),
      );
    });
  }
});

describe('a system that gives no process', () => {
  const isolate = 'process';

  it('for an environment that is too large, rejects the calls, and not those after it', async () => {
    await withPool({ isolate }, async (pool) => {
      process.env.TELAR_TEST_BIG = 'x'.repeat(3_000_000);
      undo = () => delete process.env.TELAR_TEST_BIG;
      await assertUnstarted(pool, /spawn.*(E2BIG|ENAMETOOLONG)/, /process\.env|No worker could start/);
      undo();
      assert.deepEqual(await parallelMap(items, double, { pool }), doubles);
    });
  });

  it('for a Node that cannot be run, rejects the calls', async () => {
    const { execPath } = process;
    process.execPath = import.meta.filename;
    undo = () => (process.execPath = execPath);
    await withPool({ isolate }, (pool) =>
      assertUnstarted(pool, /spawn .* (EACCES|UNKNOWN)/, /start Node|No worker/),
    );
  });

  it(
    'for want of descriptors, rejects the calls, and not those after it',
    { skip: process.platform === 'win32' && 'Windows has no such limit' },
    async () => {
      const program = fileURLToPath(new URL('../fixtures/starts/without-descriptors.js', import.meta.url));
      const command = `ulimit -n 120 && exec "$0" "$1"`;
      const said = await runProgram('sh', ['-c', command, process.execPath, program]);
      assert.match(said, /^start 0 EMFILE .*ulimit -n.*\n2,4,6\nclosed\n$/);
    },
  );

  it('to suspects, leaves their items with the error of their thread, and a warning', async () => {
    const { execPath } = process;
    undo = () => (process.execPath = execPath);
    await withPool({ isolate: 'suspects' }, async (pool) => {
      process.execPath = '/nonexistent/node';
      const warnings = await collectWarnings(async () => {
        const outcomes = await parallelMapSettled([1, -2, 3], exitIfNegative, { pool });
        assert.deepEqual(
          outcomes.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        const [, failed] = outcomes;
        assert.equal(failed?.status === 'rejected' && (failed.reason as WorkerError).reason, 'exit');
      });
      assert.equal(warnings.length, 1);
    });
  });
});
