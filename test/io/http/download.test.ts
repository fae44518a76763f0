import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import { download, HttpError } from 'telar/http';
import { parallelMap } from 'telar';
import { byteLength } from '../../fixtures/tasks/bytes.ts';
import { usePool } from '../../harness/pool.ts';
import { runProgram } from '../../harness/program.ts';
import { useServer } from '../../servers/http.ts';
import { census } from '../../census.ts';

// No census: connections are kept on purpose, and keep no process alive; a test of its own shows that.
const pool = usePool();

const server = useServer();
census({ settle: server.settle });

describe('download', () => {
  it('gives bytes that are their own, text, JSON or the whole answer', async () => {
    server.on('/json', (_, response) => response.writeHead(200, { 'x-kind': 'a' }).end('{"a":"ü"}'));
    const bytes = await download(`${server.url}/json`);
    assert.equal(bytes.byteLength, bytes.buffer.byteLength);
    assert.equal(Buffer.from(bytes).toString(), '{"a":"ü"}');
    assert.equal(await download(`${server.url}/json`, { as: 'text' }), '{"a":"ü"}');
    assert.deepEqual(await download(`${server.url}/json`, { as: 'json' }), { a: 'ü' });
    const options = { as: 'json' as 'json' | 'text' };
    const pending = download(`${server.url}/json`, options as { as: 'json' });
    options.as = 'text';
    assert.deepEqual(await pending, { a: 'ü' });
    const { status, headers, url } = await download(`${server.url}/json`, { as: 'response' });
    assert.deepEqual([status, headers['x-kind'], url], [200, 'a', `${server.url}/json`]);
  });

  it('gives a body as it comes, with its pieces', async () => {
    server.on('/pieces', (_, response) => {
      response.write('one,');
      setTimeout(() => response.end('two'), 20);
    });
    let text = '';
    for await (const piece of await download(`${server.url}/pieces`, { as: 'stream' })) text += String(piece);
    assert.equal(text, 'one,two');
  });

  it('holds a body that comes in pieces to maxBytes and timeout, and frees its connection', async () => {
    let opened = 0;
    let closed = 0;
    server.on('/endless', (_, response) => {
      opened++;
      const timer = setInterval(() => response.write('0123456789'), 1);
      response.once('close', () => {
        clearInterval(timer);
        closed++;
      });
    });
    const read = async (options: { maxBytes?: number; timeout?: number }): Promise<void> => {
      const body = await download(`${server.url}/endless`, { as: 'stream', retries: 0, ...options });
      for await (const piece of body) void piece;
    };
    await assert.rejects(read({ maxBytes: 25 }), /HttpError.*more than 25 bytes came/);
    await assert.rejects(read({ timeout: 50 }), /HttpError.*no whole answer within 50 ms/);
    const abandoned = await download(`${server.url}/endless`, { as: 'stream', timeout: 500 });
    assert.ok(abandoned);
    // On a busy machine the time of the second may be over before the server hears of it.
    assert.ok(opened >= 2);
    while (closed < opened) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('sends the credentials of a URL as a header, and shows them in no error', async () => {
    let sent: string | undefined;
    server.on('/private', (request, response) => {
      sent = request.headers.authorization;
      response.writeHead(403).end();
    });
    const url = `${server.url}/private`.replace('//', '//me:p%40ss@');
    await assert.rejects(
      download(url),
      (error: HttpError) => !`${error.message}${error.url}`.includes('p%40ss'),
    );
    assert.equal(sent, `Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it('says which answer is no JSON', async () => {
    server.on('/html', (_, response) => response.end('<html>'));
    await assert.rejects(download(`${server.url}/html`, { as: 'json' }), (error: HttpError) => {
      assert.match(error.message, /\/html: the body is no JSON \(status 200\)/);
      assert.deepEqual([error.status, error.body], [200, '<html>']);
      return error.cause instanceof SyntaxError;
    });
  });

  it('expects no body of HEAD, however large it is announced', async () => {
    server.on('/huge', (_, response) => response.writeHead(200, { 'content-length': 10 ** 12 }).end());
    const { headers, bytes } = await download(`${server.url}/huge`, { as: 'response', method: 'HEAD' });
    assert.deepEqual([headers['content-length'], bytes.length], ['1000000000000', 0]);
  });

  it('hands its bytes over to a worker', async () => {
    server.on('/bytes', (_, response) => response.end(Buffer.alloc(10_000, 7)));
    const bytes = await download(`${server.url}/bytes`);
    assert.deepEqual(await parallelMap([bytes], byteLength, { pool }), [10_000]);
    assert.equal(bytes.byteLength, 0);
  });

  it('sends queries, headers and bodies', async () => {
    server.on('/echo', (request, response) => {
      let body = '';
      request.on('data', (piece) => (body += String(piece)));
      request.on('end', () =>
        response.end(
          JSON.stringify([
            request.method,
            request.url,
            request.headers['x-key'],
            request.headers['content-type'],
            body,
          ]),
        ),
      );
    });
    const options = {
      query: { a: 1, b: 'x y' },
      headers: { 'X-Key': 'k' },
      body: { n: 1 },
      as: 'json',
    } as const;
    assert.deepEqual(await download(`${server.url}/echo`, options), [
      'POST',
      '/echo?a=1&b=x+y',
      'k',
      'application/json',
      '{"n":1}',
    ]);
  });

  it('decompresses what the server compressed', async () => {
    const text = 'compressed '.repeat(1000);
    const codings = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync };
    for (const [coding, compress] of Object.entries(codings)) {
      server.on('/coded', (_, response) =>
        response.writeHead(200, { 'content-encoding': coding }).end(compress(text)),
      );
      const bytes = await download(`${server.url}/coded`);
      assert.equal(bytes.byteLength, bytes.buffer.byteLength, coding);
      assert.equal(Buffer.from(bytes).toString(), text, coding);
    }
  });

  it('refuses bodies beyond maxBytes: announced, unannounced, and decompressed', async () => {
    server.on('/announced', (_, response) => response.end(Buffer.alloc(2000)));
    server.on('/unannounced', (_, response) => {
      response.write(Buffer.alloc(1500));
      response.end(Buffer.alloc(1500));
    });
    server.on('/bomb', (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zlib.gzipSync(Buffer.alloc(1_000_000))),
    );
    for (const path of ['/announced', '/unannounced', '/bomb']) {
      const before = server.requests.length;
      await assert.rejects(download(server.url + path, { maxBytes: 1999 }), HttpError, path);
      assert.equal(server.requests.length, before + 1, `${path} is not tried again`);
    }
    assert.equal((await download(`${server.url}/announced`, { maxBytes: 2000 })).length, 2000);
  });

  it('says what the server said', async () => {
    const thrown = await download(`${server.url}/nowhere`).catch((error: unknown) => error);
    assert.ok(thrown instanceof HttpError);
    assert.equal(thrown.status, 404);
    assert.equal(thrown.body, 'nothing at /nowhere');
    assert.match(thrown.message, /^GET http:.*\/nowhere: status 404: nothing at \/nowhere$/);
  });

  it('says what is wrong with the network', async () => {
    await assert.rejects(download('http://127.0.0.1:1/', { retries: 0 }), /nothing listens there/);
  });
});

describe('connections', () => {
  it('are used again, and never more than `connections` to one origin', async () => {
    server.on('/slow', (_, response) => setTimeout(() => response.end('ok'), 10));
    const before = server.connections;
    const urls = Array.from({ length: 30 }, () => `${server.url}/slow`);
    await Promise.all(urls.map((url) => download(url, { connections: 3 })));
    assert.equal(server.connections - before, 3);
  });

  it('keep no process alive', async () => {
    server.on('/quick', (_, response) => response.end('ok'));
    const program = `import { download } from ${JSON.stringify(import.meta.resolve('telar/http'))};
      console.log(await download('${server.url}/quick', { as: 'text' }));`;
    assert.equal(await runProgram(process.execPath, ['--input-type=module', '--eval', program]), 'ok\n');
  });
});

describe('wrong arguments', () => {
  it('are refused at the call', async () => {
    await assert.rejects(download('nonsense'), /Expected a URL/);
    await assert.rejects(download('ftp://example.org'), /http: or https:/);
    await assert.rejects(download(server.url, { retry: 1 } as never), /Did you mean `retries`/);
    await assert.rejects(download(server.url, { as: 'blob' as never }), /Expected `as`/);
    await assert.rejects(download(server.url, { timeout: -1 }), /Expected `timeout`/);
  });
});
