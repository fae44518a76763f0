import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { download, HttpError, type HttpResponse, session } from 'telar/http';
import { useServer } from '../../servers/http.ts';

const server = useServer();

/** Writes what it likes, byte by byte, for each path. */
const scripts: Record<string, (socket: Socket) => unknown> = {
  '/hints': (socket) =>
    socket.write(
      'HTTP/1.1 103 Early Hints\r\ncontent-length: 999999999999\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc',
    ),
  '/unchanged': (socket) =>
    socket.write('HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\netag: "x"\r\n\r\n'),
  '/headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write(`x-more: ${'x'.repeat(1000)}\r\n`), 1);
    socket.once('close', () => clearInterval(timer));
  },
  '/short': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'),
  '/two': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde'),
  '/chunk': (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n'),
  '/lost': (socket) => socket.end('HTTP/1.1 302 Found\r\ncontent-length: 4\r\n\r\nlost'),
  '/garbage': (socket) => socket.end('garbage\r\n\r\n'),
  '/slow': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 10);
    socket.once('close', () => clearInterval(timer));
  },
};

let url = '';
const sockets = new Set<Socket>();
const hostile = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => sockets.delete(socket));
  socket.once('data', (data) => scripts[String(data).split(' ')[1] ?? '']?.(socket));
});
before(async () => {
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
});
after(() => {
  for (const socket of sockets) socket.destroy();
  hostile.close();
});

describe('a server that is none, or a hostile one', () => {
  it('is reported after one request where it redirects and does not say where to', async () => {
    const said = {
      name: 'HttpError',
      status: 302,
      attempts: 1,
      body: 'lost',
      message: /status 302, a redirect that does not say/,
    };
    await assert.rejects(download(`${url}/lost`), said);
    await assert.rejects(download(`${url}/lost`, { as: 'stream' }), said);
    const answer = await download(`${url}/lost`, { as: 'response', throwHttpErrors: false });
    assert.equal(answer.status, 302);
  });

  it('is an HttpError at once, in whatever form the body is asked for', async () => {
    for (const path of ['/headers', '/short', '/two', '/chunk', '/garbage']) {
      await assert.rejects(download(url + path, { retries: 0 }), HttpError, path);
      const stream = async (): Promise<void> => {
        for await (const _ of await download(url + path, { retries: 0, as: 'stream' })) continue;
      };
      await assert.rejects(stream(), HttpError, `${path} as a stream`);
    }
    await assert.rejects(
      download(`${url}/slow`, { retries: 0, timeout: 200 }),
      /no whole answer within 200 ms/,
    );
    await assert.rejects(download(`${url}/slow`, { retries: 0, maxBytes: 3 }), /more than 3 bytes came/);
  });

  it('may send hints ahead of its answer, and the length of a body that it leaves out', async () => {
    assert.equal(await download(`${url}/hints`, { as: 'text' }), 'abc');
    const headers = { 'if-none-match': '"x"' };
    const unchanged: HttpResponse = await download(`${url}/unchanged`, { headers, as: 'response' });
    assert.deepEqual([unchanged.status, unchanged.bytes.length], [304, 0]);
  });
});

describe('a streamed body', () => {
  it('gives its place in a session back when it is left, read or not', async () => {
    server.on('/big', (_, response) => response.end(Buffer.alloc(1_000_000)));
    server.on('/small', (_, response) => response.end('ok'));
    const api = session({ baseUrl: server.url, concurrency: 1 });
    const open = async (options = {}): Promise<AsyncIterable<Uint8Array>> =>
      await api.download('big', { as: 'stream', ...options });
    const small = (): Promise<string> => api.download('small', { as: 'text' });

    await (await open())[Symbol.asyncIterator]().return?.();
    assert.equal(await small(), 'ok');
    for await (const _ of await open()) break;
    assert.equal(await small(), 'ok');
    // Nobody reads it: its time runs out.
    await open({ timeout: 500 });
    assert.equal(await small(), 'ok');
    const controller = new AbortController();
    await open({ signal: controller.signal });
    controller.abort();
    assert.equal(await small(), 'ok');
  });
});

describe('a password in a URL', () => {
  it('may hold a percent sign that encodes nothing', async () => {
    server.on('/who', (request, response) => response.end(request.headers.authorization));
    const address = `${server.url}/who`.replace('//', '//me:100%@');
    const sent = await download(address, { as: 'text' });
    assert.equal(Buffer.from(sent.slice('Basic '.length), 'base64').toString(), 'me:100%');
  });
});
