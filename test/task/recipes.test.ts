import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  skip,
  stop,
  TaskError,
} from '../../src/index.ts';
import { sharedPool } from '../../src/flow/pool/pool.ts';
import { census } from '../census.ts';

census({ settle: () => sharedPool().close() });

// The examples of p-map's readme, with the mapper given inline. Only the name of the call, `concurrency`, and
// `preserveOrder` are Telar's; `got` is `fetch`, and the sites are a server of this test.

const server = createServer((request, response) => {
  if (request.url === '/broken') return response.writeHead(500).end('broken');
  if (request.url === '/moved') return response.writeHead(302, { location: '/a' }).end();
  return response.end(JSON.stringify({ path: request.url, items: request.url === '/page/3' ? [] : [1] }));
});
let base = '';
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const getWebsite = async (name: string): Promise<string> => Promise.resolve(`${base}/${name}`);

describe("p-map's examples run with an inline mapper", () => {
  it('usage: promises among the items', async () => {
    const sites = [getWebsite('a'), `${base}/b`, `${base}/moved`];
    const result = await parallelMap(
      sites,
      async (site) => {
        const { url } = await fetch(site, { method: 'HEAD' });
        return url;
      },
      { workers: 2 },
    );
    assert.deepEqual(result, [`${base}/a`, `${base}/b`, `${base}/a`]);
  });

  it('pMapSettled: one outcome for each', async () => {
    const results = await parallelMapSettled(
      [`${base}/a`, `${base}/broken`],
      async (url) => {
        const response = await fetch(url);
        return (await response.json()) as { path: string };
      },
      { workers: 2 },
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    const [first, second] = results;
    assert.deepEqual(first?.status === 'fulfilled' && first.value.path, '/a');
    assert.ok(second?.status === 'rejected' && second.reason instanceof TaskError);
    assert.ok(second.reason.cause instanceof SyntaxError);
  });

  it('pMapIterable: streamed, in order or as they come', async () => {
    const getPost = async (id: number): Promise<{ id: number; path: string }> => {
      const response = await fetch(`${base}/post/${id}`);
      return { id, path: ((await response.json()) as { path: string }).path };
    };
    const ids = [1, 2, 3, 4, 5];
    const posts: number[] = [];
    for await (const post of parallelMapIterable(ids, getPost, { workers: 2 })) posts.push(post.id);
    assert.deepEqual(posts, ids);
    const pages: number[] = [];
    for await (const page of parallelMapIterable(ids, getPost, { workers: 2, ordered: false }))
      pages.push(page.id);
    assert.deepEqual(
      pages.toSorted((left, right) => left - right),
      ids,
    );
  });

  it('signal: an abort rejects with its reason', async () => {
    const abortController = new AbortController();
    setTimeout(() => abortController.abort(), 50);
    const mapper = async (value: number): Promise<number> => Promise.resolve(value);
    const waiting = [delay(5000, 1, { ref: false }), delay(5000, 2, { ref: false })];
    await assert.rejects(parallelMap(waiting, mapper, { signal: abortController.signal }), {
      name: 'AbortError',
    });
  });

  it('pMapSkip: failures are left out', async () => {
    const sites = [getWebsite('a'), `${base}/b`, 'http://example.invalid:1', `${base}/c`];
    const result = await parallelMap(
      sites,
      async (site) => {
        try {
          const { url } = await fetch(site, { method: 'HEAD' });
          return url;
        } catch {
          return skip;
        }
      },
      { workers: 2 },
    );
    assert.deepEqual(result, [`${base}/a`, `${base}/b`, `${base}/c`]);
  });

  it('pMapStop: ends at the first empty page', async () => {
    function* pageNumbers(): Generator<number> {
      for (let pageNumber = 1; ; pageNumber += 1) yield pageNumber;
    }
    const getPage = async (pageNumber: number): Promise<{ path: string; items: number[] }> => {
      const response = await fetch(`${base}/page/${pageNumber}`);
      return (await response.json()) as { path: string; items: number[] };
    };
    const pages = await parallelMap(
      pageNumbers(),
      async (pageNumber) => {
        const page = await getPage(pageNumber);
        return page.items.length === 0 ? stop : page.path;
      },
      { workers: 2 },
    );
    assert.deepEqual(pages, ['/page/1', '/page/2']);
  });

  it('a failure arrives as the cause of a TaskError', async () => {
    const failing = parallelMap([1], () => {
      throw new RangeError('from the mapper');
    });
    await assert.rejects(failing, (error: TaskError) => {
      assert.ok(error instanceof TaskError && error.cause instanceof RangeError);
      return error.cause.message === 'from the mapper';
    });
  });
});

describe("p-map's recipes that steer a running mapper are refused, as they write to outer variables", () => {
  const refusal = {
    name: 'CaptureError',
    message: /which it assigns to \(line \d+\): only the worker's copy would change/,
  };
  const mapper = async (value: number): Promise<number> => Promise.resolve(value);

  it('rate limiting', async () => {
    let last = 0;
    const throttle =
      <Item, Result>(run: (item: Item) => Promise<Result>) =>
      async (item: Item): Promise<Result> => {
        const wait = Math.max(0, last + 10 - Date.now());
        last = Date.now() + wait;
        await delay(wait);
        return await run(item);
      };
    await assert.rejects(parallelMap([1, 2], throttle(mapper), { workers: 2 }), refusal);
  });

  it('dynamic concurrency', async () => {
    let active = 0;
    const limit = async <Item, Result>(run: (item: Item) => Promise<Result>, item: Item): Promise<Result> => {
      active += 1;
      try {
        return await run(item);
      } finally {
        active -= 1;
      }
    };
    await assert.rejects(
      parallelMap([1, 2], (item: number) => limit(mapper, item), { workers: 2 }),
      refusal,
    );
  });
});
