import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { spreadOf } from '../../bench/harness/statistics.ts';
import type { BenchDocument } from '../../bench/report/document.ts';
import { renderPage } from '../../bench/report/html/page.ts';
import type { Curve, Measured, Role } from '../../bench/report/measured.ts';
import { openBrowser } from '../harness/browser.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';

function measure(name: string, role: Role, ratio: number): Measured {
  const around = (value: number): Measured['time'] => spreadOf([value * 0.9, value, value * 1.1]);
  return { name, role, time: around(ratio * 100), ratio: around(ratio), cpu: around(150), peak: around(80) };
}

function grow(name: string, role: Role, cost: number): Curve {
  const points = [1e4, 1e5, 1e6, 1e7].map((x, at) => ({ x, y: spreadOf([cost, cost + 1 / (at + 1)]) }));
  return { name, role, xUnit: 'items', yUnit: 'µs for each item', points };
}

const empty = { head: ['contender', 'ms'], rows: [['telar', '1.0']], notes: [], figures: [] };
/** Findings that a run may have, with names that are no good HTML. */
const found: BenchDocument = {
  format: 1,
  machine: {
    telar: '0.1.0',
    node: '20.0.0',
    v8: '11',
    processor: 'A <b>processor</b>',
    cores: 2,
    memory: 8,
    system: 'linux x64',
    load: [0.1, 0.2, 0.3],
    packages: { piscina: '5.3.2' },
  },
  size: 'quick',
  seconds: 12,
  answers: [
    {
      ...empty,
      name: 'short',
      group: 'flow',
      question: 'What is left of <script>console.error("it runs")</script> items & "quotes"?',
      notes: ['medians of 3 runs'],
      contenders: [
        measure('plain loop', 'loop', 2),
        measure('by hand', 'limit', 1),
        measure('telar', 'telar', 1.05),
        measure('a library with a rather long name, item by item (1/20)', 'peer', 57),
      ],
    },
    {
      ...empty,
      name: 'growth',
      group: 'flow',
      question: 'How does the cost grow?',
      curves: [grow('telar', 'telar', 1), grow('plain loop', 'loop', 2)],
    },
    { ...empty, name: 'exit', group: 'exit', question: 'A case with a table only?' },
  ],
  verdicts: [],
};

describe('the report in a browser', () => {
  let browser: Browser;
  let folder: string;
  let url: string;
  before(async () => {
    browser = await openBrowser();
    folder = await makeFolder('report');
    const path = join(folder, 'report.html');
    writeFileSync(path, renderPage(found));
    url = pathToFileURL(path).href;
  });
  after(async () => {
    await browser?.close();
    if (folder !== undefined) await removeFolder(folder);
  });

  const open = async (options: BrowserContextOptions, look: (page: Page) => Promise<void>): Promise<void> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    await look(page);
    const picture = await page.screenshot({ fullPage: true });
    assert.ok(picture.length > 10_000, `a picture of ${picture.length} bytes`);
    assert.deepEqual(said, []);
    assert.deepEqual(
      asked.filter((address) => !address.startsWith('data:')),
      [url],
    );
    await context.close();
  };

  const wide = { viewport: { width: 1100, height: 900 } };
  // The function is a text, since the compiler knows no browser here.
  const readColour = (page: Page, selector: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);

  test('asks for nothing, says nothing, and shows a bar for each contender, the shortest first', async () => {
    await open({ ...wide, colorScheme: 'light' }, async (page) => {
      const names = await page.locator('#short .bars li:not(.axis) .name').allTextContents();
      assert.equal(names[0], 'by hand');
      assert.equal(names.length, 4);
      const widths: number[] = [];
      for (const bar of await page.locator('#short .bar').all())
        widths.push((await bar.boundingBox())?.width ?? 0);
      assert.deepEqual(
        widths,
        [...widths].sort((a, b) => a - b),
      );
      assert.ok((widths.at(-1) ?? 0) > 300, String(widths));
    });
  });

  test('shows text as text', async () => {
    await open(wide, async (page) => {
      assert.match(
        await page.locator('#short p').innerText(),
        /<script>console\.error\("it runs"\)<\/script>/,
      );
    });
  });

  test('draws a line for each contender whose cost grows, and keeps the numbers', async () => {
    await open(wide, async (page) => {
      assert.equal(await page.locator('#growth polyline').count(), 2);
      await page.locator('#growth summary').click();
      assert.match(await page.locator('#growth table').first().innerText(), /10000000/);
      await page.locator('#short summary').click();
      assert.match(await page.locator('#short table').first().innerText(), /57 \(51\.30 – 62\.70\)/);
    });
  });

  test('is dark where the reader wants that', async () => {
    const colours: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await open({ ...wide, colorScheme }, async (page) => {
        colours.push(await readColour(page, 'body'), await readColour(page, '.bars .telar .bar'));
      });
    }
    assert.equal(new Set(colours).size, 4, String(colours));
  });

  test('fits on a phone, where only its tables scroll sideways', async () => {
    const phone = { viewport: { width: 360, height: 740 }, isMobile: true, deviceScaleFactor: 2 };
    await open(phone, async (page) => {
      for (const summary of await page.locator('summary').all()) await summary.click();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
    });
  });
});
