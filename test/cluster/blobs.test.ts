import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Blobs, resolveBlobs } from '../../src/cluster/message/blobs.ts';
import { connectRedis } from '../../src/cluster/store/redis/connection.ts';
import { Cluster } from 'telar/cluster';
import { parallelMap, parallelMapIterable, parallelMapSettled } from 'telar';
import * as stages from '../fixtures/cluster/stages.ts';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { noise } from './message/noise.ts';
import { useRedis } from '../servers/redis.ts';
import { startNode, type TestNode } from './harness.ts';

const STAGES = fileURLToPath(new URL('../fixtures/cluster/stages.js', import.meta.url));
const MB = 1024 * 1024;
const SECRET = 'a secret of some length';

describe('Large items and outcomes', () => {
  const server = useRedis();
  const QUEUE = 'blobs';
  let folder: string;
  let node: TestNode;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'telar-blobs-'));
    await writeFile(join(folder, 'secret'), SECRET);
    const args = [
      '--tasks',
      STAGES,
      '--blobs',
      join(folder, 'shared'),
      '--secret-file',
      join(folder, 'secret'),
      '--workers',
      '1',
    ];
    node = await startNode({ url: server.url, queue: QUEUE, args });
  });
  after(async () => {
    assert.equal(await node.end(), 0, node.said);
    await rm(folder, { recursive: true, force: true });
  });

  test('lie in blobs and not at the broker, and are gone behind the call', async () => {
    const shared = resolveBlobs(join(folder, 'shared')) as Blobs;
    const counts = { put: 0, get: 0, remove: 0 };
    const blobs: Blobs = {
      put: (key, bytes) => shared.put(key, (counts.put++, bytes)),
      get: (key) => shared.get((counts.get++, key)),
      remove: (key) => shared.remove((counts.remove++, key)),
    };
    const client = await connectRedis(server.url, 'test');
    const before = await peak(client);
    await using cluster = new Cluster({ connection: server.url, queue: QUEUE, secret: SECRET, blobs });
    const items = [3 * MB, 100, 2 * MB, 5 * MB].map(noise);
    assert.deepEqual(await parallelMap(items, tasks.echo, { pool: cluster, chunkSize: 1 }), items);
    // On a busy machine a chunk may be looked for, and put there again.
    assert.ok(counts.put >= 3 && counts.get >= 3, JSON.stringify(counts));
    assert.ok((await peak(client)) - before < 2 * MB, 'they have gone through the broker');
    client.disconnect();
    assert.deepEqual(await readdir(join(folder, 'shared')), []);

    const aborted = parallelMap([noise(2 * MB, 1)], stages.lingers, {
      pool: cluster,
      signal: AbortSignal.timeout(300),
    });
    await assert.rejects(aborted, { name: 'TimeoutError' });
    await cluster.close();
    while ((await readdir(join(folder, 'shared'))).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test('run again in a run that goes on, where its blobs were deleted meanwhile', async () => {
    const shared = join(folder, 'shared');
    await using cluster = new Cluster({
      connection: server.url,
      queue: QUEUE,
      secret: SECRET,
      blobs: shared,
    });
    const items = [1, 2, 3].map((seed) => noise(2 * MB, seed));
    const options = { pool: cluster, runId: 'cleaned', chunkSize: 1 };
    for await (const _ of parallelMapIterable(items, tasks.echo, options)) break;
    const left = await readdir(shared);
    assert.ok(left.some((name) => name.includes('.out-')));
    // Items are nobody's once their caller has left.
    assert.ok(!left.some((name) => name.endsWith('.in')), left.join());
    await Promise.all(left.map((name) => rm(join(shared, name))));
    assert.deepEqual(await parallelMap(items, tasks.echo, options), items);
  });

  test('are refused in words where one side has no blobs', async () => {
    const plain = await startNode({ url: server.url, queue: 'plain', args: ['--workers', '1'] });
    await using cluster = new Cluster({
      connection: server.url,
      queue: 'plain',
      blobs: join(folder, 'other'),
    });
    const [outcome] = await parallelMapSettled([noise(2 * MB, 2)], tasks.echo, { pool: cluster });
    assert.match(
      String((outcome as { reason?: unknown }).reason),
      /lies in blobs, and none were given: --blobs/,
    );
    await cluster.close();
    await plain.end();
  });
});

/** The most memory that the server has used, in bytes. */
async function peak(client: Awaited<ReturnType<typeof connectRedis>>): Promise<number> {
  return Number(/^used_memory_peak:(\d+)/m.exec(await client.info('memory'))?.[1]);
}
