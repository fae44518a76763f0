import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { download } from 'telar/http';
import { useServer } from '../../servers/http.ts';
import { census } from '../../census.ts';

const server = useServer();
census({ settle: server.settle });

describe('redirects', () => {
  it('share one timeout, and leave no body behind', async () => {
    server.on('/slow', (_, response) => {
      setTimeout(() => response.writeHead(302, { location: '/slow' }).end('a body'), 30);
    });
    const options = { timeout: 100, retries: 0, redirects: 50 } as const;
    await assert.rejects(download(`${server.url}/slow`, options), /no whole answer within 100 ms/);
    server.on('/from', (_, response) =>
      response.writeHead(302, { location: '/to' }).end('x'.repeat(1_000_000)),
    );
    server.on('/to', (_, response) => response.end('there'));
    let text = '';
    for await (const piece of await download(`${server.url}/from`, { as: 'stream' })) text += String(piece);
    assert.equal(text, 'there');
  });

  it('are followed, with the method that the status asks for', async () => {
    server.on('/moved', (_, response) => response.writeHead(302, { location: '/method' }).end());
    server.on('/kept', (_, response) => response.writeHead(307, { location: '/method' }).end());
    server.on('/method', (request, response) => response.end(request.method));
    assert.equal(await download(`${server.url}/moved`, { as: 'text', body: 'x' }), 'GET');
    assert.equal(await download(`${server.url}/kept`, { as: 'text', body: 'x' }), 'POST');
  });

  it('end at a limit', async () => {
    server.on('/circle', (_, response) => response.writeHead(302, { location: '/circle' }).end());
    await assert.rejects(download(`${server.url}/circle`, { redirects: 3 }), /more than 3 redirects/);
  });

  it('take no secrets to another origin', async () => {
    const other = createServer((request, response) => response.end(request.headers.authorization ?? 'none'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = other.address() as AddressInfo;
      const headers = { authorization: 'secret' };
      server.on('/away', (_, response) =>
        response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
      );
      server.on('/home', (_, response) => response.writeHead(302, { location: '/secret' }).end());
      server.on('/secret', (request, response) => response.end(request.headers.authorization));
      assert.equal(await download(`${server.url}/away`, { headers, as: 'text' }), 'none');
      assert.equal(await download(`${server.url}/home`, { headers, as: 'text' }), 'secret');
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });
});
