import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ClusterNode } from '../../../src/cluster/node/node.ts';
import { openBroker } from '../../../src/cluster/connect/open-broker.ts';
import { resolveBlobs } from '../../../src/cluster/message/blobs.ts';
import { TaskRegistry } from '../../../src/cluster/tasks/registry.ts';
import { Cluster } from 'telar/cluster';
import { parallelMap } from 'telar';
import { answer, echo } from '../../fixtures/cluster/tasks.ts';
import { describeOnBrokers, type TestBroker } from '../brokers.ts';
import { TASKS } from '../harness.ts';
import { type Fate, Proxy } from './proxy.ts';

/** Trials at once: most of their time they wait for a connection that comes back. PostgreSQL has 100 of these in all. */
const AT_ONCE = { Redis: 6, PostgreSQL: 4 };
/** More messages than a run without a fault sends. */
const MOST = 400;

const ITEMS = Array.from({ length: 200 }, (_, at) => at);
const EXPECTED = ITEMS.map(answer);

const FATES: Readonly<Record<Exclude<Fate, 'pass'>, string>> = {
  cut: 'is cut before its n-th message',
  'cut after': 'is cut behind its n-th message, whose answer is lost',
  forget: 'is forgotten at its n-th message',
};

describeOnBrokers('The connection', (broker) => {
  for (const side of ['caller', 'node'] as const) {
    for (const [fate, says] of Object.entries(FATES) as [Exclude<Fate, 'pass'>, string][]) {
      test(`of a ${side} that ${says} costs time only, for every n`, async (context) => {
        let next = 1;
        let end = MOST;
        const tryAll = async (): Promise<void> => {
          while (next < end) {
            const at = next++;
            // oxlint-disable-next-line no-await-in-loop -- some are tried at once, each of these one after the other.
            if (!(await tryAt(broker, { side, fate, at }))) end = Math.min(end, at);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE[broker.name] }, tryAll));
        context.diagnostic(`${broker.name}: ${end - 1} messages`);
        assert.ok(end > 10, `a run sends more than ${end - 1} messages`);
      });
    }
  }
});

describeOnBrokers('A chunk that takes longer to cross than an answer may take', (broker) => {
  test('arrives, and is not sent again and again', async (context) => {
    const queue = 'anomaly-slow';
    const proxy = await Proxy.open(broker.url);
    let bytes = 0;
    proxy.onPiece = (piece) => ((bytes += piece.length), 'pass');
    // The upload takes 7 s, and questions that need 5 s are taken for lost.
    proxy.rate = 6000;
    const item = randomBytes(42_000_000);
    const node = await startHere(broker.url, queue);
    try {
      const terms = { connection: proxy.url, queue, maxBytes: 64 * 1024 * 1024 };
      await using cluster = new Cluster(terms);
      assert.deepEqual(await parallelMap([item], echo, { pool: cluster }), [item]);
      context.diagnostic(`${broker.name}: ${bytes} bytes`);
      // Redis is asked once whether it knows the script, with all of the bytes.
      assert.ok(bytes < 2.2 * item.length, `${bytes} bytes`);
    } finally {
      await node.close(true);
      await proxy.close();
    }
  });
});

describeOnBrokers('The answer to a commit', (broker) => {
  test('may be lost, and what lies in blobs stays there', async () => {
    const queue = 'anomaly-blobs';
    const folder = await mkdtemp(join(tmpdir(), 'telar-blobs-'));
    const proxy = await Proxy.open(broker.url);
    let lost = 0;
    // On Redis the first two may be questions for a script that the server does not know yet.
    proxy.onPiece = (piece) => (isCommit(piece) && lost++ < 4 ? 'cut after' : 'pass');
    const node = await startHere(proxy.url, queue, folder);
    try {
      await using cluster = new Cluster({ connection: broker.url, queue, blobs: folder });
      const items = [randomBytes(3_000_000), randomBytes(2_000_000)];
      assert.deepEqual(await parallelMap(items, echo, { pool: cluster, chunkSize: 1 }), items);
      assert.ok(lost >= 2, `${lost} commits`);
    } finally {
      await node.close(true);
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function isCommit(piece: Buffer): boolean {
  const text = piece.toString('latin1');
  return text.includes('SET output = $4') || (/\neval/.test(text) && text.includes(':news\r\n'));
}

/** Runs one chunk while a connection fails at its n-th message. Returns whether there were so many. */
async function tryAt(
  broker: TestBroker,
  { side, fate, at }: { side: 'caller' | 'node'; fate: Fate; at: number },
): Promise<boolean> {
  const queue = `anomaly-${side}-${fate.replace(' ', '-')}-${at}`;
  const proxy = await Proxy.open(broker.url);
  const urlOf = (who: typeof side): string => (who === side ? proxy.url : broker.url);
  let count = 0;
  proxy.onPiece = () => (++count === at ? fate : 'pass');
  const node = await startHere(urlOf('node'), queue);
  let isOver = false;
  try {
    const cluster = new Cluster({ connection: urlOf('caller'), queue });
    const options = { pool: cluster, chunkSize: ITEMS.length };
    const results = await parallelMap(ITEMS, answer, options).finally(() => (isOver = true));
    const sent = count;
    assert.deepEqual(results, EXPECTED, `${queue}`);
    await cluster.close();
    assert.deepEqual(await listRuns(broker, queue), [], `${queue} leaves its run behind`);
    return sent >= at;
  } catch (thrown) {
    throw new Error(`${queue}${isOver ? '' : ', before it was over'}: ${String(thrown)}`, { cause: thrown });
  } finally {
    await node.close(true);
    await proxy.close();
  }
}

/** Starts a node in this program. */
async function startHere(connection: string, queue: string, blobs?: string): Promise<ClusterNode> {
  return await ClusterNode.start({
    connection,
    queue,
    tasks: await TaskRegistry.load([TASKS]),
    signer: undefined,
    blobs: resolveBlobs(blobs),
    workers: 1,
    isolate: undefined,
    memory: undefined,
    slots: 2,
    lock: 2000,
  });
}

async function listRuns(broker: TestBroker, queue: string): Promise<unknown[]> {
  const opened = await openBroker(broker.url, queue);
  try {
    return await opened.registry.listRuns();
  } finally {
    await opened.close();
  }
}
