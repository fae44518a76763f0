import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { download } from 'telar/http';
import { useServer } from '../../servers/http.ts';
import { census } from '../../census.ts';

const server = useServer();
census({ settle: server.settle });

function counted(
  statuses: readonly number[],
  headers: Record<string, string> = {},
): { readonly tries: number } {
  let tries = 0;
  server.on('/counted', (_, response) => {
    const status = statuses[Math.min(tries++, statuses.length - 1)] ?? 200;
    response.writeHead(status, status === 200 ? {} : headers).end(`try ${tries}`);
  });
  return {
    get tries() {
      return tries;
    },
  };
}

describe('a failed try', () => {
  it('is repeated while the status may pass', async () => {
    const answers = counted([503, 500, 200]);
    assert.equal(await download(`${server.url}/counted`, { as: 'text' }), 'try 3');
    assert.equal(answers.tries, 3);
  });

  it('is repeated when the connection is cut in the middle of the body', async () => {
    let tries = 0;
    server.on('/cut', (_, response) => {
      if (++tries > 1) {
        response.end('whole');
        return;
      }
      response.writeHead(200, { 'content-length': '100' });
      response.write('part');
      setTimeout(() => response.destroy(), 10);
    });
    assert.equal(await download(`${server.url}/cut`, { as: 'text' }), 'whole');
  });

  it('is not repeated for a status that stays, for a POST, or beyond `retries`', async () => {
    const stays = counted([400]);
    await assert.rejects(download(`${server.url}/counted`), { status: 400, attempts: 1 });
    assert.equal(stays.tries, 1);
    const posts = counted([503]);
    await assert.rejects(download(`${server.url}/counted`, { body: 'x' }), { status: 503, attempts: 1 });
    assert.equal(posts.tries, 1);
    const often = counted([503]);
    await assert.rejects(download(`${server.url}/counted`, { retries: 1 }), { attempts: 2 });
    assert.equal(often.tries, 2);
  });

  it('waits as long as Retry-After says, and fails when that is too long', async () => {
    let waited = 0;
    let last = 0;
    server.on('/later', (_, response) => {
      if (last !== 0) waited = Date.now() - last;
      if (last === 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end('now');
      last = Date.now();
    });
    assert.equal(await download(`${server.url}/later`, { as: 'text' }), 'now');
    assert.ok(waited >= 990, `waited ${waited} ms`);
    for (const header of ['3600', '3600, 3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
      const long = counted([503], { 'retry-after': header });
      await assert.rejects(download(`${server.url}/counted`), { status: 503 });
      assert.equal(long.tries, 1, header);
    }
  });
});

describe('time limits and signals', () => {
  it('end a request that has no headers, or no further body, in time', async () => {
    server.on('/silent', () => {});
    server.on('/stuck', (_, response) => void response.write('part'));
    await assert.rejects(
      download(`${server.url}/silent`, { timeout: 30, retries: 0 }),
      /no whole answer within 30 ms/,
    );
    await assert.rejects(
      download(`${server.url}/stuck`, { timeout: 30, retries: 0 }),
      /no whole answer within 30 ms/,
    );
  });

  it('reject with the reason of the signal: before, during the wait, during the body, between tries', async () => {
    const reason = new Error('enough');
    await assert.rejects(download(`${server.url}/silent`, { signal: AbortSignal.abort(reason) }), reason);
    counted([503]);
    for (const path of ['/silent', '/stuck', '/counted']) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 40);
      const options = { signal: controller.signal, retries: 20 };
      await assert.rejects(download(server.url + path, options), reason, path);
    }
  });
});
