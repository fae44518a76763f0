import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parallelMap, Pool } from 'telar';
import { census } from '../census.ts';
import { getPid, readScore } from '../fixtures/tasks/crashes.ts';
import { until } from '../harness/latch.ts';
import { runProgram } from '../harness/program.ts';
import { needsPosix } from '../harness/posix.ts';

census();

const telar = import.meta.resolve('telar');

async function withPool<T>(workers: number, use: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool({ isolate: 'process', workers });
  try {
    return await use(pool);
  } finally {
    await pool.close();
    await pool.close();
  }
}

/** A process that has ended, but whose end nobody has asked for yet, is not alive any more (Linux). */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('a pool of processes', () => {
  it('runs on as many as it says, none of which is this one, and has none left when it is closed', async () => {
    const pids = await withPool(3, (pool) =>
      parallelMap(
        Array.from({ length: 60 }, (_, index) => index),
        (index) => {
          const end = performance.now() + 3;
          while (performance.now() < end);
          return index >= 0 ? process.pid : 0;
        },
        { pool, chunkSize: 1 },
      ),
    );
    const different = new Set(pids);
    assert.equal(different.size, 3);
    assert.ok(!different.has(process.pid));
    assert.deepEqual([...different].filter(isAlive), []);
  });

  it('starts none before it is used', async () => {
    await withPool(4, async (pool) => {
      assert.equal(pool.workers, 4);
      await Promise.resolve();
    });
  });

  it('uses its processes again for the next call', async () => {
    await withPool(1, async (pool) => {
      const [first] = await parallelMap([1], getPid, { pool });
      assert.deepEqual(await parallelMap([1, 2], getPid, { pool }), [first, first]);
    });
  });

  it('is picked by the kernel before this process, when memory is short', async (test) => {
    if (!existsSync('/proc/self/oom_score_adj')) {
      test.diagnostic('only Linux has such scores');
      return;
    }
    await withPool(1, async (pool) => {
      assert.deepEqual(await parallelMap([1], readScore, { pool }), [500]);
    });
  });

  it('does not keep a program alive that has forgotten it, nor leaves children behind', async () => {
    const output = await runProgram(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { parallelMap, Pool } from ${JSON.stringify(telar)};
       const pool = new Pool({ isolate: 'process', workers: 2 });
       console.log(JSON.stringify(await parallelMap([1, 2, 3, 4], () => process.pid, { pool, chunkSize: 1 })));`,
    ]);
    for (const pid of JSON.parse(output) as number[]) await until(() => !isAlive(pid));
  });

  it('ends with its program, also when that is killed while an item never returns', async () => {
    const program = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { parallelMap, Pool } from ${JSON.stringify(telar)};
         const pool = new Pool({ isolate: 'process', workers: 2 });
         const loop = () => { console.log(process.pid); for (;;); };
         await parallelMap([1, 2], loop, { pool, chunkSize: 1 });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
    );
    let printed = '';
    program.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
    await until(() => printed.split('\n').length > 2);
    program.kill('SIGKILL');
    const pids = printed.trim().split('\n').map(Number);
    assert.equal(new Set(pids).size, 2);
    for (const pid of pids) await until(() => !isAlive(pid));
  });

  it('leaves its items to the program when Ctrl-C is pressed', needsPosix('signals'), async () => {
    await withPool(1, async (pool) => {
      const [outcome] = await parallelMap(
        [1],
        async () => {
          process.kill(process.pid, 'SIGINT');
          await new Promise((resolve) => setTimeout(resolve, 20));
          return 'went on';
        },
        { pool },
      );
      assert.equal(outcome, 'went on');
    });
  });
});
