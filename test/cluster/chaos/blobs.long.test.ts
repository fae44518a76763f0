import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Blobs, resolveBlobs } from '../../../src/cluster/message/blobs.ts';
import { Cluster } from 'telar/cluster';
import { parallelMap } from 'telar';
import { randomBytes } from 'node:crypto';
import * as tasks from '../../fixtures/cluster/tasks.ts';
import { useRedis } from '../../servers/redis.ts';
import { startNode, type TestNode } from '../harness.ts';

const MB = 1024 * 1024;

describe('Blobs that are deleted while their call goes on', () => {
  const server = useRedis();
  let folder: string;
  let node: TestNode;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'telar-lost-'));
    node = await startNode({ url: server.url, queue: 'lost', args: ['--blobs', folder] });
  });
  after(async () => {
    assert.equal(await node.end(), 0, node.said);
    await rm(folder, { recursive: true, force: true });
  });

  for (const runId of [undefined, 'lossy']) {
    test(`cost time${runId === undefined ? '' : ' where the call has a name'}`, async () => {
      const place = resolveBlobs(folder) as Blobs;
      const did: string[] = [];
      const isFirst = (step: string): boolean => !did.includes(step) && did.push(step) > 0;
      const blobs: Blobs = {
        put: async (key, bytes) => {
          if (isFirst('could not be written')) throw new Error('away');
          if (!isFirst('lost')) await place.put(key, bytes);
        },
        get: async (key) => {
          if (isFirst('deleted')) await rm(join(folder, key));
          return await place.get(key);
        },
        remove: (key) => place.remove(key),
      };
      await using cluster = new Cluster({ connection: server.url, queue: 'lost', blobs });
      const items = [2, 3].map((size) => randomBytes(size * MB));
      const options = { pool: cluster, chunkSize: 1, ...(runId === undefined ? {} : { runId }) };
      assert.deepEqual(await parallelMap(items, tasks.echo, options), items);
      assert.equal(did.length, 3);
      assert.deepEqual(await readdir(folder), []);
    });
  }
});
