import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Blobs, resolveBlobs, stow, unstow } from '../../src/cluster/message/blobs.ts';
import { open, seal } from '../../src/cluster/message/envelope.ts';
import { connectRedis } from '../../src/cluster/store/redis/connection.ts';
import { Cluster } from 'telar/cluster';
import { parallelMap, parallelMapIterable, parallelMapSettled } from 'telar';
import * as stages from '../fixtures/cluster/stages.ts';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { useRedis } from '../servers/redis.ts';
import { startNode, type TestNode } from './harness.ts';

const STAGES = fileURLToPath(new URL('../fixtures/cluster/stages.js', import.meta.url));
const MB = 1024 * 1024;
const SECRET = 'a secret of some length';

/** Bytes that nothing compresses. */
function noise(bytes: number, seed: number): Buffer {
  const made = Buffer.alloc(bytes);
  for (let at = 0, state = seed; at < bytes; at += 4) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    made.writeInt32LE((state ^ (state >>> 13)) | 0, at);
  }
  return made;
}

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

describe('A folder of blobs', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'telar-blobs-'))));
  after(async () => await rm(folder, { recursive: true, force: true }));

  test('keeps what is large, checks what it gives back, and forgets what is old', async () => {
    const place = join(folder, 'deep', 'place');
    await mkdir(place, { recursive: true });
    const old = join(place, 'gone.1.in');
    await writeFile(old, 'x');
    await writeFile(join(place, 'of-somebody-else'), 'x');
    for (const name of ['gone.1.in', 'of-somebody-else']) await utimes(join(place, name), 1, 1);
    const blobs = resolveBlobs(place);
    const small = seal({ small: true });
    assert.equal(await stow(blobs, small, 'run.1.in'), small);
    const large = seal({ bytes: noise(2 * MB, 3) });
    const packed = await stow(blobs, large, 'run.2.in');
    assert.ok(packed.length < 500);
    assert.throws(() => open(packed), { reason: 'refused' });
    assert.deepEqual((await readdir(place)).toSorted(), ['of-somebody-else', 'run.2.in']);
    assert.deepEqual((await unstow(blobs, packed)).sealed, large);
    const bytes = await readFile(join(place, 'run.2.in'));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    await writeFile(join(place, 'run.2.in'), bytes);
    await assert.rejects(unstow(blobs, packed), { reason: 'refused', message: /is not what was put there/ });
    for (const key of ['../secret', '..', '/etc/passwd', 'run.2.in/../../x']) {
      const forged = Buffer.from(
        packed.toString('latin1').replace('run.2.in', key.padEnd(8, '/').slice(0, 8)),
        'latin1',
      );
      await assert.rejects(unstow(blobs, forged), { reason: 'refused' });
    }
  });

  test('is used again once it can be made', async () => {
    const parent = join(folder, 'mounted');
    await writeFile(parent, 'no folder yet');
    const blobs = resolveBlobs(join(parent, 'place'));
    const large = seal({ bytes: noise(2 * MB, 4) });
    await assert.rejects(stow(blobs, large, 'run.1.in'), { code: 'ENOTDIR' });
    await rm(parent);
    const packed = await stow(blobs, large, 'run.1.in');
    assert.deepEqual((await unstow(blobs, packed)).sealed, large);
  });

  test('is given as it may be', () => {
    for (const blobs of ['', 7, {}, { put: () => {}, get: () => {} }]) {
      assert.throws(() => new Cluster({ connection: 'redis://127.0.0.1', blobs: blobs as string }), {
        code: 'ERR_TELAR_OPTION',
        message: /Expected `blobs` to be a folder that all machines share, or \{ put, get, remove \}/,
      });
    }
  });
});

/** The most memory that the server has used, in bytes. */
async function peak(client: Awaited<ReturnType<typeof connectRedis>>): Promise<number> {
  return Number(/^used_memory_peak:(\d+)/m.exec(await client.info('memory'))?.[1]);
}
