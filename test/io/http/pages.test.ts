import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pages } from 'telar/http';
import { useServer } from '../../servers/http.ts';
import { census } from '../../census.ts';

const server = useServer();
census({ settle: server.settle });
const total = 23;
const size = 5;

function answer(from: number, extra: Record<string, unknown> = {}): string {
  const users = Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, at) => ({
    id: from + at,
  }));
  return JSON.stringify({ users, ...extra });
}

async function collect(items: AsyncIterable<{ id: number }>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of items) ids.push(id);
  return ids;
}

interface Body {
  readonly users: { id: number }[];
  readonly last?: string;
  readonly next?: string;
}
const all = Array.from({ length: total }, (_, id) => id);
const items = (body: Body): Body['users'] => body.users;

describe('pages', () => {
  it('follow Link headers', async () => {
    server.on('/linked', (request, response) => {
      const from = Number(new URL(request.url ?? '', server.url).searchParams.get('from') ?? 0);
      const next = from + size < total ? `</linked?from=${from + size}>; rel="next", ` : '';
      response.writeHead(200, { link: `${next}</linked>; rel="first"` }).end(answer(from));
    });
    assert.deepEqual(await collect(pages(`${server.url}/linked`, { items })), all);
  });

  it('follow what a function finds in the body', async () => {
    server.on('/bodied', (request, response) => {
      const from = Number(new URL(request.url ?? '', server.url).searchParams.get('from') ?? 0);
      response.end(answer(from, from + size < total ? { next: `?from=${from + size}` } : {}));
    });
    assert.deepEqual(await collect(pages(`${server.url}/bodied`, { items, next: (body) => body.next })), all);
  });

  it('follow cursors, and keep the query', async () => {
    server.on('/cursor', (request, response) => {
      const { searchParams } = new URL(request.url ?? '', server.url);
      assert.equal(searchParams.get('kind'), 'a');
      const from = Number(searchParams.get('after') ?? 0);
      response.end(answer(from, from + size < total ? { last: String(from + size) } : {}));
    });
    const cursor = { parameter: 'after', next: (body: Body) => body.last };
    assert.deepEqual(
      await collect(pages(`${server.url}/cursor`, { items, cursor, query: { kind: 'a' } })),
      all,
    );
  });

  it('follow cursors that are a field of a form', async () => {
    server.on('/searched', (request, response) => {
      let form = '';
      request.on('data', (piece) => (form += piece));
      request.on('end', () => {
        const fields = new URLSearchParams(form);
        assert.equal(fields.get('kind'), 'a');
        const from = Number(fields.get('after') ?? 0);
        response.end(answer(from, from + size < total ? { last: String(from + size) } : {}));
      });
    });
    const cursor = { parameter: 'after', next: (body: Body) => body.last };
    const form = new URLSearchParams({ kind: 'a' });
    const found = pages(`${server.url}/searched`, { items, cursor, body: form });
    form.set('kind', 'b');
    assert.deepEqual(await collect(found), all);
    const circle = { parameter: 'after', next: () => '5' };
    const body = new URLSearchParams({ kind: 'a' });
    await assert.rejects(
      collect(pages(`${server.url}/searched`, { items, cursor: circle, body })),
      /go in a circle: .*kind=a&after=5 came before/,
    );
  });

  it('are asked for by the address and the body of the call, whatever becomes of these', async () => {
    const seen: string[] = [];
    server.on('/kept', (request, response) => {
      let body = '';
      request.on('data', (piece) => (body += piece));
      request.on('end', () => {
        seen.push(`${new URL(request.url ?? '', server.url).search} ${body}`);
        response.end(answer(seen.length * size, seen.length < 2 ? { last: 'more' } : {}));
      });
    });
    const cursor = { parameter: 'after', next: (body: Body) => body.last };
    const address = new URL(`${server.url}/kept?kind=a`);
    const body = { filter: { tags: ['x'] } };
    const found = pages(address, { items, cursor, body });
    address.search = '';
    body.filter.tags.push('y');
    await collect(found);
    assert.deepEqual(seen, [
      '?kind=a {"filter":{"tags":["x"]}}',
      '?kind=a {"filter":{"tags":["x"]},"after":"more"}',
    ]);
  });

  it('count page numbers up to an empty page', async () => {
    server.on('/numbered', (request, response) => {
      const page = Number(new URL(request.url ?? '', server.url).searchParams.get('page'));
      response.end(answer((page - 1) * size));
    });
    assert.deepEqual(
      await collect(pages(`${server.url}/numbered`, { items, page: { parameter: 'page' } })),
      all,
    );
  });

  it('take no secrets to another origin', async () => {
    const seen: (string | undefined)[] = [];
    server.on('/secret', (request, response) => {
      seen.push(request.headers.authorization);
      const elsewhere = server.url.replace('127.0.0.1', 'localhost');
      response.end(answer(0, seen.length === 1 ? { next: `${elsewhere}/secret` } : {}));
    });
    const headers = { Authorization: 'secret' };
    await collect(pages(`${server.url}/secret`, { items, headers, next: (body: Body) => body.next }));
    assert.deepEqual(seen, ['secret', undefined]);
  });

  it('that go in a circle are an error', async () => {
    server.on('/circle', (_, response) => response.end(answer(0, { next: '/circle' })));
    await assert.rejects(
      collect(pages(`${server.url}/circle`, { items, next: (body: Body) => body.next })),
      /go in a circle/,
    );
  });

  it('are fetched no further than one page ahead of the reader', async () => {
    const before = server.requests.length;
    for await (const { id } of pages(`${server.url}/linked`, { items })) if (id === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(server.requests.length - before <= 2);
  });

  it('say what is wrong with what their functions return, and report no failure of a promise besides', async () => {
    server.on('/wrong', (_request, response) => response.end(answer(0)));
    const late = async (): Promise<never> => {
      throw new Error('too late');
    };
    const wrong: [object, RegExp][] = [
      [{ items: late }, /^TypeError: Expected `items` to return the items of a page, got a Promise/],
      [{ items: () => undefined }, /Expected `items` to return the items of a page, got undefined/],
      [{ items, next: late }, /Expected `next` to return an address, or undefined at the end, got a Promise/],
      [
        { items, next: () => 7 },
        /Expected `next` to return an address, or undefined at the end, got the number 7/,
      ],
      [
        { items, cursor: { parameter: 'after', next: late } },
        /Expected `cursor.next` to return a text or a number/,
      ],
    ];
    for (const [options, says] of wrong) {
      await assert.rejects(collect(pages(`${server.url}/wrong`, options as never)), (error) => {
        assert.match(String(error), says);
        return true;
      });
    }
  });

  it('are asked for as the call said, whatever becomes of its options later', async () => {
    const asked: string[] = [];
    server.on('/changed', async (request, response) => {
      const chunks = await request.toArray();
      asked.push(`${String(request.headers['x-key'])} ${Buffer.concat(chunks).toString()}`);
      const last = asked.length < 3 ? String(asked.length) : undefined;
      response.end(JSON.stringify({ users: [{ id: asked.length }], last }));
    });
    const options: Record<string, unknown> = {
      headers: { 'x-key': 'a' },
      body: { kind: 'b' },
      cursor: { parameter: 'after', next: (body: Body) => body.last },
      items,
    };
    const ids: number[] = [];
    for await (const { id } of pages<{ id: number }, Body>(`${server.url}/changed`, options as never)) {
      ids.push(id);
      for (const name of ['headers', 'body', 'cursor'])
        for (const key of Object.keys(options[name] as object))
          (options[name] as Record<string, unknown>)[key] = 'changed';
      options['items'] = 7;
    }
    assert.deepEqual(ids, [1, 2, 3]);
    assert.deepEqual(asked, ['a {"kind":"b"}', 'a {"kind":"b","after":"1"}', 'a {"kind":"b","after":"2"}']);
  });

  it('refuse a way to the next page that leads nowhere', () => {
    const code = 'ERR_TELAR_OPTION';
    for (const [way, message] of [
      [{ next: 'body.next' }, /`next` to be a function from a page/],
      [{ cursor: { parameter: 'after' } }, /`cursor.next` to be a function/],
      [{ cursor: { next: () => 1 } }, /`cursor` to be an object with the name of a `parameter`/],
      [{ cursor: null }, /got null/],
      [{ page: 1 }, /`page` to be an object .*, got the number 1/],
      [{ page: { parameter: '' } }, /`page` to be an object/],
      [{ page: { parameter: 'p', from: 0 } }, /Unknown option `from`/],
      [{ page: { parameter: 'p', first: 0.5 } }, /`page.first` to be a whole number from 0/],
    ] as const)
      assert.throws(() => pages(server.url, { items, ...way } as never), { code, message });
  });

  it('refuse options that contradict one another', () => {
    const both = { items, next: () => undefined, page: { parameter: 'p' } };
    assert.throws(() => pages<{ id: number }, Body>(server.url, both), /one of `next`, `cursor` and `page`/);
    assert.throws(() => pages(server.url, {} as never), /Expected `items`/);
    assert.throws(
      () => (pages as (url: string) => unknown)(server.url),
      /Expected options with `items`.* got undefined/,
    );
  });
});
