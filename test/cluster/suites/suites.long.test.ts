import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listTestFiles } from '../../harness/files.ts';
import { root } from '../../harness/root.ts';
import { describeOnBrokers } from '../brokers.ts';
import { startNode, type TestNode } from '../harness.ts';
import { readTap, type TapTest } from './read-tap.ts';

const FIXTURES = new URL('dist/test/fixtures/tasks/', root);

/** Tests of threads that hold for a cluster as well. Not those whose tasks wait for each other in shared memory. */
const SUITES = [
  'test/parallel-map/failure/clone.',
  'test/parallel-map/failure/deep-values.',
  'test/parallel-map/failure/message-life.',
  'test/parallel-map/failure/retries.',
  'test/parallel-map/failure/thrown.',
  'test/parallel-map/failure/timeout.',
  'test/parallel-map/failure/worker-death.',
  'test/parallel-map/input/',
  'test/parallel-map/reading/leaving.',
  'test/parallel-map/reading/read-ahead.',
  'test/parallel-map/results/',
];

/** Messages that tell a test what a cluster does not do. */
const REFUSALS: readonly RegExp[] = [
  // Closures do not travel, nor do tasks that are made in the test file itself.
  /cannot travel to other machines/,
  /No node of the queue 'suites' has /,
  /shared memory cannot be sent/,
];

/** Tests that fail on a cluster for a reason that their message does not show. */
const EXCEPTIONS: Readonly<Record<string, readonly RegExp[]>> = {
  'what is handed over is a copy': [
    /handed over/,
    /^the buffer of an item, which is empty here afterwards$/,
    /^a buffer at depth/,
    /^what is marked, and copies the rest$/,
    /^an ArrayBuffer by itself$/,
  ],
  'its words are those of a copy for a process': [/a WeakMap$/, /a promise at depth$/],
  'it counts what ran again, which depends on the chunks of a node': [/wherever that stands in its chunk/],
  'it counts calls in shared memory': [/^runs nothing twice with chunkSize 1$/],
  'a message takes fewer levels, so the error is said to be none that crosses': [
    /^does not cost an error whose field it is$/,
  ],
  'what only reads records runs on threads here, which stay': [/^is one in a source of bytes/],
};

describeOnBrokers('The tests of threads on a cluster', (broker) => {
  let node: TestNode;
  before(async () => {
    const files = (await readdir(FIXTURES)).filter((name) => name.endsWith('.js'));
    const args = files.flatMap((name) => ['--tasks', fileURLToPath(new URL(name, FIXTURES))]);
    node = await startNode({
      url: broker.url,
      queue: 'suites',
      args: ['--workers', '2', '--build', 'suites', ...args],
    });
  });
  after(async () => await node.end());

  for (const suite of SUITES) {
    test(suite, async () => {
      const tests = readTap(await runFiles(listTestFiles(suite), broker.url));
      const failed = tests.filter(({ isOk, ...told }) => !isOk && explain(told) === undefined);
      assert.deepEqual(
        failed.map(({ title, details }) => `${title}\n${details}`),
        [],
      );
      assert.ok(tests.some(({ isOk }) => isOk));
    });
  }
});

/** Tells why a test cannot pass on a cluster. */
function explain({ title, details }: Omit<TapTest, 'isOk'>): string | undefined {
  if (REFUSALS.some((refusal) => refusal.test(details))) return 'refused';
  return Object.entries(EXCEPTIONS).find(([, titles]) => titles.some((known) => known.test(title)))?.[0];
}

async function runFiles(files: readonly string[], url: string): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const options = ['--test', '--test-concurrency=2', '--test-timeout=300000', '--test-reporter=tap'];
  const child = spawn(process.execPath, [...options, ...files], {
    cwd: root,
    env: { ...env, TELAR_TEST_CLUSTER: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (piece) => (output += String(piece)));
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}
