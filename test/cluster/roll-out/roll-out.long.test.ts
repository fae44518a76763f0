import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Cluster, ClusterError } from 'telar/cluster';
import { parallelMap } from 'telar';
import { catchReason } from '../../harness/collect.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { root } from '../../harness/root.ts';
import { describeOnBrokers } from '../brokers.ts';
import { startNode } from '../harness.ts';

const CALLER = fileURLToPath(new URL('caller.js', import.meta.url));
/** Lines of Node.js of a caller, and of the node that serves it. */
const PAIRS = [
  ['20', '26'],
  ['26', '20'],
  ['20', '24'],
  ['24', '20'],
] as const;
const ITEMS = Array.from({ length: 2000 }, (_, n) => n);

type Tasks = Readonly<Record<'greet' | 'greetLater', (item: number) => string>>;

describeOnBrokers('A roll-out', (broker) => {
  test('of tasks serves callers of either version, and names the other when one is gone', async () => {
    const folder = await makeFolder('roll-out');
    const queue = 'roll-out';
    const make = async (version: string): Promise<{ file: string; tasks: Tasks }> => {
      const file = join(folder, version, 'tasks.mjs');
      await mkdir(join(folder, version));
      await writeFile(
        file,
        `export const greet = (item) => '${version} ' + item;
         export const greetLater = async (item) => (await new Promise((resolve) => setTimeout(resolve, 50)), greet(item));`,
      );
      return { file, tasks: (await import(pathToFileURL(file).href)) as Tasks };
    };
    const [before, next] = [await make('before'), await make('next')];
    const start = (file: string): ReturnType<typeof startNode> =>
      startNode({ url: broker.url, queue, args: ['--tasks', `own=${file}`, '--workers', '1'] });
    const old = await start(before.file);
    const cluster = new Cluster({ connection: broker.url, queue, waitForNodes: 500 });
    const all = (version: string): string[] => ITEMS.map((item) => `${version} ${item}`);
    const first = parallelMap(ITEMS, before.tasks.greet, { pool: cluster });
    const early = (await catchReason(parallelMap([1], next.tasks.greet, { pool: cluster }))) as ClusterError;
    assert.equal(early.reason, 'no-node');
    assert.match(
      early.message,
      /1 node has tasks#greet in version [0-9a-f]{32}, and this program has version/,
    );
    const young = await start(next.file);
    const second = parallelMap(ITEMS, next.tasks.greet, { pool: cluster });
    assert.deepEqual(await first, all('before'));
    assert.deepEqual(await second, all('next'));
    // Old callers go on until the last old node ends, which gives back what it has.
    const both = parallelMap(ITEMS.slice(0, 200), before.tasks.greetLater, { pool: cluster });
    const lost = catchReason(both) as Promise<ClusterError>;
    assert.deepEqual(await parallelMap([1], next.tasks.greetLater, { pool: cluster }), ['next 1']);
    assert.equal(await old.end(), 0);
    assert.equal((await lost).reason, 'no-node');
    assert.match((await lost).message, /1 node has tasks#greetLater in version/);
    assert.deepEqual(await parallelMap(ITEMS, next.tasks.greet, { pool: cluster }), all('next'));
    await cluster.close();
    assert.equal(await young.end(), 0);
    await removeFolder(folder);
  });

  for (const [caller, node] of PAIRS) {
    const programs = [findNode(caller), findNode(node)];
    const isThere = programs.every((program) => program !== undefined);
    // `npm run test:nodes` installs them; TELAR_TEST_NODES says where others are, as 20=/path/to/node,26=/other.
    const skip = isThere ? false : `Node.js ${caller} and ${node} are not both in .cache/nodes`;
    test(`of Node.js: a caller on ${caller} with a node on ${node}`, { skip }, async () => {
      const queue = `node-${caller}-${node}`;
      const serving = await startNode({ url: broker.url, queue, node: programs[1] ?? '' });
      const { stdout } = await promisify(execFile)(programs[0] ?? '', [CALLER, broker.url, queue]);
      const said = JSON.parse(stdout) as Record<'told' | 'wanted' | 'newer' | 'failed', string[]> & {
        called: string;
      };
      assert.deepEqual(said.told, said.wanted);
      // What only the newer one knows fails by itself.
      assert.deepEqual(said.newer, caller === '20' ? [] : ['rejected']);
      assert.equal(said.failed.filter((outcome) => outcome.includes('TaskError')).length, 2);
      assert.equal(said.called, "{ of: 'a call' }");
      assert.equal(await serving.end(), 0);
    });
  }
});

/** Finds a program of a line of Node.js. */
function findNode(line: string): string | undefined {
  const given = process.env['TELAR_TEST_NODES']?.split(',').find((each) => each.startsWith(`${line}=`));
  if (given !== undefined) return given.slice(line.length + 1);
  const folder = fileURLToPath(new URL('.cache/nodes/', root));
  if (!existsSync(folder)) return undefined;
  const programs = readdirSync(folder)
    .filter((release) => release.split('.')[0] === line)
    .flatMap((release) => {
      const packages = join(folder, release, 'node_modules');
      return readdirSync(packages).map((name) => join(packages, name, 'bin', 'node'));
    });
  return programs.find((program) => existsSync(program));
}
