import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { download, type RequestOptions } from 'telar/http';
import { useServer } from '../../servers/http.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';
import { census } from '../../census.ts';

type FetchBody = NonNullable<RequestInit['body']>;
const server = useServer();
census({ settle: server.settle });

/** A request as it arrived: its content type, length, way of coming, and body. */
interface Arrived {
  readonly type: string | undefined;
  readonly length: string | undefined;
  readonly coding: string | undefined;
  readonly body: string;
}
const arrived: Arrived[] = [];
server.on('/echo', (request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const { 'content-type': type, 'content-length': length, 'transfer-encoding': coding } = request.headers;
    arrived.push({ type, length, coding, body: Buffer.concat(pieces).toString('latin1') });
    response.end();
  });
});

/** A form's boundary is made up anew each time. */
function withoutBoundary({ type, body, ...rest }: Arrived): Arrived {
  const boundary = /-+formdata-[\w-]+/g;
  return { ...rest, type: type?.replace(boundary, '—'), body: body.replace(boundary, '—') };
}

async function send(body: unknown, options: RequestOptions = {}): Promise<Arrived> {
  await download(`${server.url}/echo`, { method: 'POST', body, ...options });
  return withoutBoundary(arrived.pop() as Arrived);
}

async function fetched(body: FetchBody, headers: Record<string, string> = {}): Promise<Arrived> {
  await fetch(`${server.url}/echo`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
  return withoutBoundary(arrived.pop() as Arrived);
}

const bytes = fc.uint8Array({ maxLength: 50 });
const text = fc.string({ unit: 'binary', maxLength: 20 });
const form = fc
  .array(fc.tuple(text, fc.oneof(text, fc.tuple(bytes, fc.string({ maxLength: 10 })))), { maxLength: 4 })
  .map((entries) => {
    const made = new FormData();
    for (const [name, value] of entries) {
      if (typeof value === 'string') made.append(name, value);
      else made.append(name, new Blob([value[0]]), value[1]);
    }
    return made;
  });
const fetchable: fc.Arbitrary<FetchBody> = fc.oneof(
  text,
  bytes,
  bytes.map((some) => some.slice().buffer),
  bytes.map((some) => new DataView(some.slice().buffer)),
  bytes.map((some) => new Float64Array(some)),
  fc.array(fc.tuple(text, text), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs)),
  fc
    .tuple(bytes, fc.constantFrom('', 'text/csv', 'image/png'))
    .map(([some, type]) => new Blob([some], { type })),
  form,
);

describe('a body', () => {
  it('arrives as fetch sends it', async () => {
    const given = fc.option(fc.constantFrom('text/x-own', 'application/octet-stream'), { nil: undefined });
    const property = fc.asyncProperty(fetchable, given, async (body, type) => {
      const headers = type === undefined ? {} : { 'Content-Type': type };
      assert.deepEqual(await send(body, { headers }), await fetched(body, headers));
    });
    await assertProperty(property, { seed: 1, numRuns: sample(60, 2000) });
  });

  it('is that of the call, whatever becomes of bytes and forms afterwards', async () => {
    const buffer = Buffer.from('one');
    let sending = send(buffer);
    buffer.fill('x');
    assert.equal((await sending).body, 'one');
    const given = new TextEncoder().encode('two');
    sending = send(given);
    structuredClone(given, { transfer: [given.buffer] });
    assert.equal((await sending).body, 'two');
    const made = new FormData();
    made.set('name', 'three');
    sending = send(made);
    made.set('name', 'x');
    assert.match((await sending).body, /three/);
  });

  it('that is a stream, or an iterable of bytes and texts, arrives in full', async () => {
    const streams: Record<string, () => unknown> = {
      'a web stream': () => new Blob(['one ', 'two']).stream(),
      'a stream of Node': () => Readable.from([Buffer.from('one '), Buffer.from('two')]),
      'an async generator': async function* () {
        yield Buffer.from('one ');
        yield await Promise.resolve('two');
      },
    };
    for (const [name, make] of Object.entries(streams)) {
      const body = name === 'an async generator' ? (make() as object) : make();
      const expected = { type: undefined, length: undefined, coding: 'chunked', body: 'one two' };
      assert.deepEqual(await send(body), expected, name);
    }
  });

  it('of plain data is JSON', async () => {
    for (const body of [{ a: [1] }, [1, 2], Object.assign(Object.create(null), { a: 1 }), 5, true]) {
      const { type, body: sent } = await send(body);
      assert.deepEqual([type, sent], ['application/json', JSON.stringify(body)]);
    }
  });

  it('of none of these kinds is refused before anything is sent', async () => {
    class Order {
      readonly id = 1;
    }
    const before = server.requests.length;
    const refused = [
      new Map([[1, 2]]),
      new Set([1]),
      new Order(),
      { tags: new Set([1]) },
      [/x/],
      5n,
      Symbol('x'),
    ];
    for (const body of refused) {
      await assert.rejects(download(`${server.url}/echo`, { body }), TypeError);
    }
    assert.equal(server.requests.length, before);
  });

  it('that is a stream is sent once, and one from a function for each try and redirect', async () => {
    let tries = 0;
    server.on('/busy', (request, response) => {
      request.resume().on('end', () => response.writeHead(++tries % 3 === 0 ? 200 : 503).end());
    });
    server.on('/moved', (request, response) => {
      request.resume().on('end', () => response.writeHead(307, { location: '/echo' }).end());
    });
    const make = (): AsyncIterable<Uint8Array> => new Blob(['x']).stream() as AsyncIterable<Uint8Array>;
    const put = { method: 'PUT', retries: 5 };
    await assert.rejects(download(`${server.url}/busy`, { ...put, body: make() }), { attempts: 1 });
    tries = 0;
    await download(`${server.url}/busy`, { ...put, body: make });
    assert.equal(tries, 3);
    await assert.rejects(
      download(`${server.url}/moved`, { ...put, body: make() }),
      /pass a function that makes it/,
    );
    await download(`${server.url}/moved`, { ...put, body: make });
    assert.equal(arrived.pop()?.body, 'x');
  });

  it('whose stream fails, or gives no bytes, rejects the call', async () => {
    const failing = async function* (): AsyncGenerator<unknown> {
      yield Buffer.from('x');
      await Promise.resolve();
      throw new Error('no more');
    };
    await assert.rejects(download(`${server.url}/echo`, { body: failing() }), /no more/);
    const wrong = async function* (): AsyncGenerator<unknown> {
      yield await Promise.resolve({ a: 1 });
    };
    await assert.rejects(download(`${server.url}/echo`, { body: wrong() }), /to give bytes or text/);
  });
});
