import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openBroker } from '../../src/cluster/connect/open-broker.ts';
import { JobQueue } from '../../src/cluster/engine/job-queue.ts';
import type { NewJob } from '../../src/cluster/engine/job.ts';
import { seal } from '../../src/cluster/message/envelope.ts';
import { readOutput } from '../../src/cluster/message/read-output.ts';
import { nameJobQueue, Signer } from '../../src/cluster/message/signer.ts';
import { computeVersion } from '../../src/cluster/tasks/version.ts';
import { Cluster, ClusterError } from 'telar/cluster';
import { parallelMap, pipeline } from 'telar';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { until } from '../harness/latch.ts';
import { Random } from '../chaos/trial/random.ts';
import { useRedis } from '../servers/redis.ts';
import { awaitOutputs, findNumber, forge } from './forge.ts';
import { startNode, TASKS, type TestNode } from './harness.ts';

const SECRET = 'a secret of some length';
const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe('Somebody who can write to the broker', () => {
  const server = useRedis();
  let folder: string;
  let version: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'telar-security-'));
    await writeFile(join(folder, 'secret'), `${SECRET}\n`);
    version = await computeVersion(pathToFileURL(TASKS).href);
  });
  after(async () => await rm(folder, { recursive: true, force: true }));

  describe('where nodes have a secret', () => {
    const QUEUE = 'signed';
    let node: TestNode;
    let cluster: Cluster;
    before(async () => {
      const env = { TELAR_TEST_LOG: join(folder, 'log') };
      const args = ['--secret-file', join(folder, 'secret'), '--workers', '1'];
      node = await startNode({ url: server.url, queue: QUEUE, args, env });
      cluster = new Cluster({ connection: server.url, queue: QUEUE, secret: SECRET });
    });
    after(async () => {
      await cluster.close();
      assert.equal(await node.end(), 0, node.said);
    });

    test('callers that have it are served', async () => {
      const items = range(300);
      assert.deepEqual(await parallelMap(items, tasks.answer, { pool: cluster }), items.map(tasks.answer));
      const results = await pipeline(items).cpu(tasks.answer).toArray({ pool: cluster });
      assert.deepEqual(results, items.map(tasks.answer));
    });

    test('callers without it, or with another, are refused and told why', async () => {
      for (const [secret, says] of [
        [undefined, /1 node .* has a secret, and this program has none: give --secret-file/],
        ['another secret of some length', /1 node .* has another secret: give --secret-file/],
      ] as const) {
        const terms = { connection: server.url, queue: QUEUE, waitForNodes: 50 };
        await using other = new Cluster(secret === undefined ? terms : { ...terms, secret });
        const call = parallelMap([1], tasks.answer, { pool: other });
        await assert.rejects(call, (error: unknown) => {
          assert.ok(error instanceof ClusterError && error.reason === 'refused');
          assert.match(error.message, says);
          assert.ok(!error.message.includes(SECRET));
          return true;
        });
      }
    });

    test('runs no task by what it makes up, and the node says so once', async () => {
      const signer = new Signer(SECRET);
      const broker = await openBroker(server.url, QUEUE);
      const jobs = await JobQueue.open(server.url, QUEUE, nameJobQueue(version, signer.key));
      try {
        const head = { v: 1, task: 'tasks#work', version, key: signer.key };
        const input = seal({ items: { kind: 'values', values: [1] } });
        const good = signer.sign(input, ['in', 'other-run', 1, JSON.stringify(head), '{}']);
        const another = new Signer('another secret of some length').sign(input, ['in', 'forged']);
        const numbers = await forge(broker, jobs, 'forged', head, [
          input,
          good,
          another,
          Buffer.from('TLR1'),
        ]);
        const outputs = await awaitOutputs(broker, 'forged', numbers);
        for (const [at, output] of outputs.entries()) {
          const bare = signer.check(output, ['out', 'forged', numbers[at] as number]);
          const [piece] = readOutput(bare, 1).pieces;
          assert.equal(piece?.kind, 'undecodable');
        }
        assert.equal(existsSync(join(folder, 'log')), false, 'the task has run');
        await broker.registry.forget('forged');
        assert.deepEqual(await parallelMap([7], tasks.answer, { pool: cluster }), [tasks.answer(7)]);
        assert.equal(node.said.split('A chunk was refused').length - 1, 1, node.said);
      } finally {
        await jobs.close();
        await broker.close();
      }
    });

    test('cannot make up outcomes: the call ends, and says why', async () => {
      const broker = await openBroker(server.url, QUEUE);
      try {
        const call = parallelMap([60_000], tasks.nap, { pool: cluster });
        const rejected = assert.rejects(call, (error: unknown) => {
          assert.ok(error instanceof ClusterError && error.reason === 'refused');
          assert.match(error.message, /is not signed, and `secret` asks for that/);
          assert.match(error.stack ?? '', /security\.test/);
          return true;
        });
        await until(() => cluster.stats().inFlight === 1);
        let state = (await broker.registry.listRuns())[0];
        while (state?.outstanding !== 1) state = (await broker.registry.listRuns())[0];
        const number = await findNumber(server.url, QUEUE, state.run);
        assert.equal(await broker.runs.commit(state.run, number, seal({ pieces: [], strays: [] })), true);
        await rejected;
      } finally {
        await broker.close();
      }
    });
  });

  describe('where nodes have none', () => {
    const QUEUE = 'open';
    let node: TestNode;
    let cluster: Cluster;
    before(async () => {
      node = await startNode({ url: server.url, queue: QUEUE, args: ['--workers', '1'] });
      cluster = new Cluster({ connection: server.url, queue: QUEUE });
    });
    after(async () => {
      await cluster.close();
      assert.equal(await node.end(), 0, node.said);
    });

    test('can name registered tasks alone, and loads nothing', async () => {
      const marker = join(folder, 'loaded');
      const evil = join(folder, 'evil.mjs');
      await writeFile(
        evil,
        `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(marker)}, '');`,
      );
      const broker = await openBroker(server.url, QUEUE);
      const jobs = await JobQueue.open(server.url, QUEUE, version);
      const url = pathToFileURL(evil).href;
      const reference = { kind: 'reference', url, name: 'default' };
      const chain = (task: unknown): object => ({
        task: 'tasks#answer',
        tasks: [{ task: 'tasks#answer', version }],
        limits: [null],
        chain: {
          stages: [{ kind: 'task', task, isDropping: false, isTimed: false }],
          collect: { kind: 'values' },
        },
      });
      const heads: object[] = [
        ...['__proto__', 'constructor', 'toString', '../evil.mjs#default', url, `${url}#default`].map(
          (task) => ({ task }),
        ),
        { task: 'tasks#answer', version: '__proto__' },
        chain(reference),
        chain({ task: 1 }),
        chain({ task: '__proto__' }),
        chain({ task: -1 }),
        { ...chain({ task: 0 }), chain: null },
        {
          ...chain({ task: 0 }),
          chain: { stages: [], collect: { kind: 'reduce', init: reference, step: reference } },
        },
        { ...chain({ task: 0 }), tasks: [{ task: url, version }] },
        // A caller of a version to come is told as well, and does not wait for ever.
        { v: 2, task: 'tasks#answer' },
        { task: 'tasks#answer', timeout: 'soon' },
      ];
      try {
        const input = seal({ items: { kind: 'values', values: [1] } });
        for (const [at, head] of heads.entries()) {
          const run = `evil-${at}`;
          const numbers = await forge(broker, jobs, run, { v: 1, version, ...head }, [input]);
          const [output] = await awaitOutputs(broker, run, numbers);
          assert.equal(readOutput(output as Buffer, 1).pieces[0]?.kind, 'unloadable', JSON.stringify(head));
          await broker.registry.forget(run);
        }
        assert.equal(existsSync(marker), false, 'a module was loaded');
        // A caller sees the same as a ClusterError would say it, and the node goes on.
        assert.deepEqual(await parallelMap([7], tasks.answer, { pool: cluster }), [tasks.answer(7)]);
      } finally {
        await jobs.close();
        await broker.close();
      }
    });

    test('does not end a node with a thousand jobs that are none', async () => {
      const source = new Random(7);
      const random = (): number => source.next();
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
      const value = (depth = 0): unknown =>
        pick<() => unknown>([
          () => null,
          () => random() * 1e9,
          () => -1,
          () => 'x'.repeat(Math.floor(random() * 100)),
          () => '../../etc/passwd',
          () => [value(depth + 1), value(depth + 1)],
          () => JSON.parse('{"__proto__": {"polluted": 1}}') as unknown,
          () => (depth > 3 ? 0 : { v: value(depth + 1), run: value(depth + 1), number: value(depth + 1) }),
        ])();
      const jobs = await JobQueue.open(server.url, QUEUE, version);
      try {
        const made = range(1000).map((at) => ({
          id: `junk.${at}`,
          name: 'junk',
          data:
            random() < 0.5
              ? value()
              : { v: 1, run: value(), number: value(), ...(random() < 0.5 && { run: 'none' }) },
        }));
        await jobs.add(made as unknown as NewJob[]);
        assert.deepEqual(
          await parallelMap(range(20), tasks.answer, { pool: cluster }),
          range(20).map(tasks.answer),
        );
        for (;;) {
          const { waiting, running } = await jobs.count();
          if (waiting + running === 0) break;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.deepEqual(await parallelMap([1], tasks.answer, { pool: cluster }), [tasks.answer(1)]);
      } finally {
        await jobs.close();
      }
    });
  });
});
