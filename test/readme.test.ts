import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startNode, type TestNode } from './cluster/harness.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { inFull } from './harness/long.ts';
import { root } from './harness/root.ts';
import { listBlocks } from './readme/blocks.ts';
import { listExpected } from './readme/expected.ts';
import { listDeadLinks } from './readme/links.ts';
import { listMissingPaths } from './readme/paths.ts';
import { ExampleProject } from './readme/project.ts';
import { useRedis } from './servers/redis.ts';

const pages = new Map(
  listPages().map((page) => [page, listBlocks(readFileSync(new URL(page, root), 'utf8'))]),
);
let all: string;
let project: ExampleProject;
before(async () => {
  all = await makeFolder('readme');
  project = new ExampleProject(all, pages);
});
const redis = useRedis();
let node: Promise<TestNode> | undefined;
after(async () => {
  await (await node)?.end('SIGKILL');
  await removeFolder(all);
});

/** Starts what the examples of a cluster are said to find: a broker, and a node with the page's tasks. */
async function openCluster(page: string): Promise<Record<string, string>> {
  const tasks = join(all, 'out', page.replace(/\.md$/, ''), 'tasks.js');
  node ??= startNode({ url: redis.url, queue: 'fingerprints', args: ['--tasks', `page=${tasks}`] });
  await node;
  return { TELAR_BROKER: redis.url };
}

describe('the pages', () => {
  test('have examples that compile', () => project.build());
});

for (const [at, [page, blocks]] of [...pages].entries()) {
  describe(`${page}`, () => {
    test('has links that lead somewhere', () => {
      assert.deepEqual(listDeadLinks(new URL(page, root)), []);
    });

    if (/^(CONTRIBUTING\.md|src\/|workers\/)/.test(page)) {
      test('names files that are there', () => {
        assert.deepEqual(listMissingPaths(new URL(page, root)), []);
      });
    }

    for (const [number, block] of blocks.filter(({ runs }) => runs).entries()) {
      // All of them compile each time. Of each sixth page beside the README, `npm test` runs the first.
      const options = page === 'README.md' || (number === 0 && at % 6 === 0) ? {} : inFull;
      const title = `has an example on line ${block.line} that runs, and prints what the page says`;
      test(title, options, async () => {
        const env = block.code.includes("'telar/cluster'") ? await openCluster(page) : {};
        const printed = (await project.run(page, block, env)).split('\n').map((line) => line.trim());
        for (const line of listExpected(block.code)) {
          assert.ok(printed.includes(line), `\`${line}\` is not among:\n${printed.join('\n')}`);
        }
      });
    }
  });
}

describe('the test of examples', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('examples');
  });
  after(() => removeFolder(folder));

  const makeProject = async (name: string, markdown: string): Promise<ExampleProject> => {
    const made = new ExampleProject(`${folder}/${name}`, new Map([['page.md', listBlocks(markdown)]]));
    await made.build();
    return made;
  };

  test('builds the files of a page and runs its scripts', async () => {
    const markdown = readFileSync(new URL('test/fixtures/readme/page.md', root), 'utf8');
    const made = await makeProject('page', markdown);
    const scripts = listBlocks(markdown).filter(({ runs }) => runs);
    const printed: string[] = [];
    for (const block of scripts) printed.push(await made.run('page.md', block));
    assert.deepEqual(printed, ['', "[ 'Hello, list', 'Hello, page' ]\n", '', 'Hello, item 2\n']);
  });

  test('reports an error of types with its line in the page', async () => {
    const page = '# Page\n\n```ts\nconst number = 1;\nconst text: string = number;\n```\n';
    await assert.rejects(makeProject('types', page), /page\/line-4\.ts\(5,7\): error TS2322/);
  });

  test('reports an example that throws with its line in the page', async () => {
    const page = '# Page\n\n```js\nconst number = 1;\nthrow new Error(`no ${number}`);\n```\n';
    const made = await makeProject('throws', page);
    const [block] = listBlocks(page);
    assert.ok(block);
    await assert.rejects(made.run('page.md', block), /page\/line-4\.js:5[^]*no 1/);
  });

  test('reports a file that a page names and that is not there', () => {
    const page = new URL(`${folder}/named.md`, 'file:');
    writeFileSync(page, 'It is in `src/index.ts`, `flow/run/`, `./named.md` and `flow/nowhere.ts`.\n');
    assert.deepEqual(listMissingPaths(page), ['flow/nowhere.ts']);
  });

  test('refuses what would not be tested', async () => {
    assert.throws(() => listBlocks('```js no-run\n```'), /line 1 would not be tested/);
    assert.throws(() => listBlocks('text\n```js\n'), /line 2 is never closed/);
    const twice = '```js\n// a.js\n```\n```js\n// a.js\n```\n';
    await assert.rejects(makeProject('twice', twice), /Two blocks are page\/a\.js: the second is on line 5/);
  });
});

function listPages(): string[] {
  const docs = listMarkdown('docs')
    // The site is made of these pages, by packages of its own.
    .filter((page) => !page.includes('node_modules/') && !page.startsWith('docs/api/'));
  const rooms = [...listMarkdown('src'), ...listMarkdown('workers')];
  const others = ['CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md', 'examples/README.md'];
  return ['README.md', ...rooms, ...others, ...docs].filter((page) => existsSync(new URL(page, root)));
}

function listMarkdown(folder: string): string[] {
  if (!existsSync(new URL(`${folder}/`, root))) return [];
  return readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((page) => page.endsWith('.md'))
    .sort();
}
