import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { initEngine } from '../../../src/cluster/engine/engine.ts';
import { initSchema } from '../../../src/cluster/store/postgres/schema.ts';
import { Cluster, ClusterError } from 'telar/cluster';
import { parallelMap, TelarError } from 'telar';
import * as tasks from '../../fixtures/cluster/tasks.ts';
import { findPort } from '../../../examples/servers/free-port.ts';
import { sample } from '../../harness/long.ts';
import { usePostgres } from '../../servers/postgres.ts';
import { useRedis } from '../../servers/redis.ts';
import { startNode, TASKS, type TestNode } from '../harness.ts';
import { PASSWORD, type Places, QUEUE, rows } from './calls.ts';
import { lines } from './commands.ts';

const PROGRAM = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url));

describe('A cluster that cannot be used', () => {
  const redis = useRedis();
  const other = useRedis();
  const postgres = usePostgres();
  let node: TestNode;
  let places: Places;
  before(async () => {
    node = await startNode({ url: redis.url, queue: QUEUE });
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'weak', 'on', `>${PASSWORD}`, '~other:*', '&*', '+@all');
    await admin.quit();
    const evicting = new Redis(other.url);
    await evicting.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await evicting.quit();
    await initSchema(postgres.url);
    await initEngine(postgres.url);
    await postgres.query('CREATE DATABASE empty');
    await postgres.query('CREATE DATABASE half');
    await postgres.query(`CREATE ROLE poor LOGIN PASSWORD '${PASSWORD}'`);
    await postgres.query('REVOKE CREATE ON DATABASE postgres FROM PUBLIC').catch(() => {});
    const change = (url: string, edit: (parts: URL) => void): string => {
      const parts = new URL(url);
      edit(parts);
      return parts.href;
    };
    const as = (user: string) => (parts: URL) => Object.assign(parts, { username: user, password: PASSWORD });
    const half = change(postgres.url, (parts) => (parts.pathname = '/half'));
    await initSchema(half);
    places = {
      redis: redis.url,
      evicting: other.url,
      weak: change(redis.url, as('weak')),
      unknown: change(redis.url, as('nobody')),
      nobody: `127.0.0.1:${await findPort()}`,
      postgres: postgres.url,
      empty: change(postgres.url, (parts) => (parts.pathname = '/empty')),
      half,
      poor: change(postgres.url, as('poor')),
      file: TASKS,
    };
  });
  after(async () => await node.end('SIGKILL'));

  test('says at the call what is wrong and what to do: one error, with the place of the call', async () => {
    await Promise.all(
      rows.map(async ({ title, options, task = tasks.answer, reason, says }) => {
        const cluster = new Cluster({ waitForNodes: 500, ...options(places) });
        const calls = [
          parallelMap([1, 2], task as never, { pool: cluster }),
          parallelMap([3], task as never, { pool: cluster }),
        ];
        for (const outcome of await Promise.allSettled(calls)) {
          assert.equal(outcome.status, 'rejected', title);
          const error = outcome.reason as ClusterError;
          assert.ok(
            error instanceof ClusterError && error instanceof TelarError,
            `${title}: ${String(error)}`,
          );
          assert.equal(error.name, 'ClusterError');
          assert.equal(error.reason, reason, title);
          assert.match(error.message, says, title);
          assert.match(error.stack ?? '', /errors\.test/, title);
          assert.ok(!`${error.message} ${error.stack}`.includes(PASSWORD), title);
        }
        await cluster.close();
      }),
    );
  });

  test('says it in one line on the command line, and ends with 2', async () => {
    // Each is a program, so some at a time, and in `npm test` a ninth of them.
    const left = lines.filter((_, at) => at % sample(9, 1) === 0);
    await Promise.all(
      [1, 2].map(async () => {
        for (let line = left.shift(); line !== undefined; line = left.shift()) {
          const { title, args, says } = line;
          const { code, stdout, stderr } = await runCommand(args(places));
          assert.equal(code, 2, `${title}: ${stdout}${stderr}`);
          assert.match(stderr, /^telar: [^\n]*\n$/, title);
          assert.match(stderr, says, title);
          assert.equal(stdout, '', title);
          assert.ok(!stderr.includes(PASSWORD), title);
        }
      }),
    );
  });

  test('works with the rights that its message names', async () => {
    const broken = new Cluster({ connection: places.weak, waitForNodes: 500 });
    const error: unknown = await parallelMap([1], tasks.answer, { pool: broken }).catch(
      (thrown: unknown) => thrown,
    );
    await broken.close();
    const [, rules] = / ><password> (.*)$/.exec((error as Error).message) ?? [];
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'strong', 'on', `>${PASSWORD}`, ...String(rules).split(' '));
    await admin.quit();
    const url = Object.assign(new URL(redis.url), { username: 'strong', password: PASSWORD }).href;
    const strong = await startNode({ url, queue: 'strong' });
    await using cluster = new Cluster({ connection: url, queue: 'strong' });
    assert.deepEqual(await parallelMap([1, 2], tasks.answer, { pool: cluster }), [1, 2].map(tasks.answer));
    await cluster.close();
    assert.equal(await strong.end(), 0, strong.said);
    assert.ok(!strong.said.includes(PASSWORD));
  });
});

async function runCommand(
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env };
  delete env['TELAR_BROKER'];
  return await new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
