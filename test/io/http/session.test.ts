import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { CookieJar } from 'tough-cookie';
import { Agent } from 'undici';
import { download, HttpError, session } from 'telar/http';
import { useServer } from '../../servers/http.ts';
import { census } from '../../census.ts';

const server = useServer();
/** Another origin, which answers with the headers and the address that it was asked with. */
let other = '';
let otherServer: Server;
census({
  settle: async () => {
    await server.settle();
    otherServer.closeIdleConnections();
  },
});
before(async () => {
  otherServer = createServer((request, response) => response.end(describe_(request)));
  await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve));
  other = `http://127.0.0.1:${(otherServer.address() as AddressInfo).port}`;
});
after(() => {
  otherServer.closeAllConnections();
  otherServer.close();
});

function describe_({ url, headers }: IncomingMessage): string {
  return JSON.stringify({ url, key: headers['x-api-key'], cookie: headers.cookie, more: headers['x-more'] });
}

interface Seen {
  readonly url: string;
  readonly key?: string;
  readonly cookie?: string;
  readonly more?: string;
  readonly items?: number[];
}

const echo = (request: IncomingMessage, response: { end(text: string): unknown }): unknown =>
  response.end(describe_(request));

describe('a session', () => {
  it('resolves addresses against its base, and adds its headers and query there', async () => {
    server.on('/v1/users', echo);
    server.on('/root', echo);
    const api = session({
      baseUrl: `${server.url}/v1`,
      headers: { 'X-API-Key': 'k' },
      query: { lang: 'en' },
    });
    const read = (url: string, options = {}): Promise<Seen> =>
      api.download<Seen>(url, { as: 'json', ...options });
    assert.deepEqual(await read('users'), { url: '/v1/users?lang=en', key: 'k' });
    assert.deepEqual(await read('/root?lang=de'), { url: '/root?lang=de', key: 'k' });
    assert.equal((await read('users', { headers: { 'x-api-key': 'own' } })).key, 'own');
    assert.deepEqual(await read('users', { query: { page: 2 } }), {
      url: '/v1/users?page=2&lang=en',
      key: 'k',
    });
  });

  it('takes neither headers nor query to another origin: asked for, by redirect, or as a further page', async () => {
    const api = session({ baseUrl: server.url, headers: { 'x-api-key': 'k' }, query: { token: 't' } });
    const direct = await api.download<Seen>(`${other}/x`, { as: 'json', headers: { 'x-more': 'm' } });
    assert.deepEqual(direct, { url: '/x', more: 'm' });
    server.on('/away', (_, response) => response.writeHead(302, { location: `${other}/y` }).end());
    assert.deepEqual(await api.download<Seen>('/away', { as: 'json' }), { url: '/y' });
    server.on('/list', (_, response) =>
      response.writeHead(200, { link: `<${other}/z>; rel="next"` }).end('{}'),
    );
    const seen: Seen[] = [];
    const pages = api.pages('/list', {
      headers: { 'x-more': 'm', accept: 'application/json' },
      items: (body: Seen) => [body],
    });
    for await (const page of pages) seen.push(page);
    assert.deepEqual(seen, [{}, { url: '/z' }]);
  });

  it('keeps cookies, also those that a redirect sets, for the host that set them', async () => {
    server.on('/login', (_, response) =>
      response
        .writeHead(302, { location: '/in', 'set-cookie': ['id=7; Path=/', 'bad; Domain=example.org'] })
        .end(),
    );
    server.on('/in', echo);
    const api = session({ baseUrl: server.url, cookies: true });
    assert.equal((await api.download<Seen>('/login', { as: 'json' })).cookie, 'id=7');
    const own = await api.download<Seen>('/in', { as: 'json', headers: { cookie: 'own=1' } });
    assert.equal(own.cookie, 'own=1; id=7');
    const elsewhere = await api.download<Seen>(other.replace('127.0.0.1', 'localhost'), { as: 'json' });
    assert.equal(elsewhere.cookie, undefined);
    assert.equal(
      (await session({ baseUrl: server.url }).download<Seen>('/in', { as: 'json' })).cookie,
      undefined,
    );
    const jar = new CookieJar();
    await jar.setCookie('mine=1', server.url);
    const given = session({ baseUrl: server.url, cookies: jar });
    assert.equal((await given.download<Seen>('/in', { as: 'json' })).cookie, 'mine=1');
  });

  it('limits the requests at each host, streams until they are read', async () => {
    let running = 0;
    let most = 0;
    server.on('/work', (_, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        response.end('done');
      }, 5);
    });
    const api = session({ baseUrl: server.url, concurrency: 2 });
    await Promise.all(Array.from({ length: 12 }, () => api.download('/work')));
    assert.equal(most, 2);
    const bodies = await Promise.all([1, 2].map(() => api.download('/work', { as: 'stream' })));
    let isThrough = false;
    const third = api.download('/work').then(() => (isThrough = true));
    // The other host has places of its own.
    await api.download(other);
    assert.equal(isThrough, false);
    for (const body of bodies) for await (const piece of body) assert.ok(piece);
    await third;
  });

  it('keeps the rate of its call, whatever becomes of that object', async () => {
    const rate = { limit: 1, interval: 60_000 };
    const api = session({ rate });
    rate.limit = 1000;
    await api.download(other);
    const controller = new AbortController();
    let isThrough = false;
    const second = api.download(other, { signal: controller.signal }).then(() => (isThrough = true));
    const rejected = assert.rejects(second, /no longer/);
    await download(other);
    controller.abort(new Error('no longer'));
    await rejected;
    assert.equal(isThrough, false);
  });

  it('gives a place back when a request fails, is aborted or redirected', async () => {
    server.on('/gone', (_, response) => response.destroy());
    server.on('/hang', () => {});
    server.on('/hop', (_, response) => response.writeHead(302, { location: '/ok' }).end('body'));
    server.on('/ok', (_, response) => response.end('ok'));
    const api = session({ baseUrl: server.url, concurrency: 1, retries: 0 });
    await assert.rejects(api.download('/gone'), HttpError);
    await assert.rejects(api.download('/nowhere'), { status: 404 });
    const hanging = assert.rejects(api.download('/hang', { timeout: 20 }), /no whole answer/);
    await assert.rejects(api.download('/ok', { signal: AbortSignal.timeout(5) }), { name: 'TimeoutError' });
    await hanging;
    assert.equal(await api.download('/hop', { as: 'text' }), 'ok');
    const stream = await api.download('/hop', { as: 'stream' });
    for await (const piece of stream) assert.equal(String(piece), 'ok');
    assert.equal(await api.download('/ok', { as: 'text' }), 'ok');
  });

  it('sends no more requests in a stretch of time than its rate allows, tries included', async () => {
    let requests = 0;
    server.on('/timed', (_, response) => response.writeHead(++requests === 1 ? 503 : 200).end());
    const api = session({ baseUrl: server.url, rate: { limit: 2, interval: 200 } });
    const began = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => api.download('/timed')));
    assert.equal(requests, 6);
    // The last two begin two stretches behind the first two; a busy machine makes that more, never less.
    const took = performance.now() - began;
    assert.ok(took > 395, `${took} ms`);
  });

  it('goes through a proxy, or a dispatcher of the caller', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('by proxy');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 502 no\r\n\r\n');
    });
    const through = session({ proxy: url, retries: 0 });
    try {
      await through.download('http://example.invalid/a', { as: 'text' }).catch(() => {});
      assert.equal(asked.length, 1);
      assert.match(asked[0] as string, /example\.invalid/);
    } finally {
      await through.close();
      proxy.closeAllConnections();
      proxy.close();
    }
    const agent = new Agent();
    let dispatched = 0;
    const counting = {
      dispatch(options: object, handler: object): boolean {
        dispatched++;
        return agent.dispatch(options as Agent.DispatchOptions, handler);
      },
    };
    server.on('/ok', (_, response) => response.end('ok'));
    const api = session({ baseUrl: server.url, dispatcher: counting });
    assert.equal(await api.download('/ok', { as: 'text' }), 'ok');
    assert.equal(dispatched, 1);
    await agent.close();
  });

  it('refuses what it cannot do, at the call', () => {
    assert.throws(() => session({ headers: { 'x-api-key': 'k' } }), /Expected `baseUrl` beside `headers`/);
    assert.throws(() => session({ query: { a: 1 } }), /Expected `baseUrl` beside `query`/);
    assert.throws(() => session({ baseUrl: 'example.org' }), /Expected a URL/);
    assert.throws(() => session({ rate: 0 }), /Expected `rate`/);
    assert.throws(() => session({ concurrency: 0 }), /Expected `concurrency`/);
    assert.throws(() => session({ proxy: 'nonsense' }), /Expected `proxy`/);
    assert.throws(() => session({ cookies: 'yes' as never }), /Expected `cookies`/);
    assert.throws(() => session({ proxy: true, dispatcher: new Agent() }), /one of `proxy` and `dispatcher`/);
    assert.throws(() => session({ retry: 1 } as never), /Did you mean `retries`/);
  });
});

describe('throwHttpErrors: false', () => {
  it('gives the answer as it came, after the same retries', async () => {
    let tries = 0;
    server.on('/busy', (_, response) => {
      tries++;
      response.writeHead(503, { 'retry-after': '0', 'x-kind': 'a' }).end('busy');
    });
    const url = `${server.url}/busy`;
    const { status, headers, bytes } = await download(url, { throwHttpErrors: false, retries: 1 });
    assert.deepEqual([status, headers['x-kind'], String(Buffer.from(bytes)), tries], [503, 'a', 'busy', 2]);
    assert.equal((await download(url, { throwHttpErrors: false, as: 'response', retries: 0 })).status, 503);
    await assert.rejects(
      download(url, { throwHttpErrors: false, as: 'text' }),
      /Expected `as: 'response'` with `throwHttpErrors: false`/,
    );
  });
});
