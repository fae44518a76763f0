import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as telar from 'telar';
import { encodeLine } from '../../src/journal/lines/line.ts';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { root } from '../harness/root.ts';

census();
const pool = usePool();
const { readJournal, JournalError } = telar;
const golden = fileURLToPath(new URL('test/fixtures/journal/golden/', root));

interface Store {
  readonly rows: unknown[];
  readonly sink: object;
}
type Program = (options: object, stores: { store: Store; letters: Store }) => Promise<unknown>;

interface Kept {
  /** Answer of `readJournal` for this journal. */
  readonly isComplete: boolean;
  readonly done: number;
  readonly failed: number;
  /** Content of the sinks when the run was cut off. */
  readonly rows?: unknown[];
  readonly letters?: unknown[];
}

let folder: string;
let makeStore: (name: string, rows?: unknown[]) => Store;
let programs: Record<string, Program>;
let kept: Record<string, Kept>;
before(async () => {
  folder = await makeFolder('golden');
  const module = (await import(pathToFileURL(join(golden, 'programs.mjs')).href)) as {
    makeStore: typeof makeStore;
    makePrograms: (from: object) => Record<string, Program>;
  };
  makeStore = module.makeStore;
  programs = module.makePrograms(telar);
  kept = JSON.parse(await readFile(join(golden, 'kept.json'), 'utf8')) as Record<string, Kept>;
});
after(() => removeFolder(folder));

/** Runs a program with a journal; gives its results, those in its sinks, and how many items were not run again. */
async function run(
  name: string,
  journal: string | undefined,
  { rows = [], letters = [] }: Partial<Kept> = {},
) {
  const stores = { store: makeStore('store', [...rows]), letters: makeStore('letters', [...letters]) };
  let resumed = 0;
  const onSummary = (summary: telar.RunSummary): void => void (resumed = summary.resumed);
  const results = await (programs[name.split('-')[0] ?? ''] as Program)({ pool, journal, onSummary }, stores);
  const isSummary = (results as { elapsed?: number } | undefined)?.elapsed !== undefined;
  return {
    results: isSummary ? undefined : results,
    rows: stores.store.rows,
    letters: stores.letters.rows,
    resumed,
  };
}

describe('journals of earlier versions', () => {
  it('are read, and their runs go on and give what others give', async () => {
    const names = (await readdir(golden)).filter((name) => name.endsWith('.journal'));
    assert.deepEqual(names.map((name) => basename(name, '.journal')).sort(), Object.keys(kept).sort()); // oxlint-disable-line require-array-sort-compare
    for (const [name, known] of Object.entries(kept)) {
      const journal = join(folder, name);
      // oxlint-disable-next-line no-await-in-loop
      await copyFile(join(golden, `${name}.journal`), journal);
      // oxlint-disable-next-line no-await-in-loop
      const { isComplete, done, failed } = await readJournal(journal);
      const { rows: _, letters: __, ...content } = known;
      assert.deepEqual({ isComplete, done, failed: failed.length }, content, name);
      // oxlint-disable-next-line no-await-in-loop
      const [{ resumed, ...found }, expected] = [await run(name, journal, known), await run(name, undefined)];
      // Items that were taken behind one that said stop are nobody's result, and merges begin anew.
      if (/^(?:stopped|merged)/.test(name)) assert.ok(resumed <= done, name);
      else assert.equal(resumed, done, name);
      const { resumed: none, ...whole } = expected;
      assert.equal(none, 0);
      assert.deepEqual(found, whole, name);
      // oxlint-disable-next-line no-await-in-loop
      assert.equal((await readJournal(journal)).isComplete, true, name);
    }
  });

  it('of another format are refused by that name, and left as they are', async () => {
    const [first = ''] = (await readFile(join(golden, 'map.journal'), 'utf8')).split('\n');
    const header = JSON.parse(first.slice(first.indexOf('{'))) as telar.JournalContent;
    const journal = join(folder, 'other-format');
    const { line } = encodeLine({ ...header, type: 'telar-journal', format: 2 } as never, 0);
    await writeFile(journal, line);
    const isVersion = (thrown: unknown): boolean =>
      thrown instanceof JournalError && thrown.reason === 'version';
    await assert.rejects(run('map', journal), isVersion);
    await assert.rejects(readJournal(journal), isVersion);
    assert.equal(await readFile(journal, 'utf8'), line);
  });
});
