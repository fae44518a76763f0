import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import vm from 'node:vm';
import { carryValues, restoreBuffers } from '../../src/wire/pack/carry.ts';
import { packValues, unpackValues } from '../../src/wire/pack/pack.ts';
import { census } from '../census.ts';

census();

class Secret {
  #cents = 5;
  get cents(): number {
    return this.#cents;
  }
}
class Heir extends Secret {}
class Marker {
  /** The colour is `#fff`, and "this.#x" is text. */
  readColour(): string {
    return '#fff this.#x';
  }
}
class Shared {
  static #count = 0;
  static get count(): number {
    return Shared.#count;
  }
  get double(): number {
    return this.#double(Shared.#count);
  }
  #double(n: number): number {
    return n * 2;
  }
}
class Half {
  readonly shown = 1;
  #hidden = 2;
  get hidden(): number {
    return this.#hidden;
  }
}
class List extends Array<number> {
  #secret = 1;
  get secret(): number {
    return this.#secret;
  }
}
const hiddenCents = new WeakMap<object, number>();
/** As compilers write private members for languages that have none. */
class Compiled {
  constructor() {
    hiddenCents.set(this, 5);
  }
}
const centsKey: unique symbol = Symbol('cents');
class BySymbol {
  readonly [centsKey] = 5;
}
class ByProperty {
  constructor() {
    Object.defineProperty(this, 'cents', { value: 5, enumerable: false });
  }
}

const isLost = (value: unknown): boolean => {
  try {
    carryValues([value]);
    return false;
  } catch (thrown) {
    assert.match(String(thrown), /DataCloneError: an instance of \w+ would arrive as \{\}/);
    return true;
  }
};

/** Whether it is refused, by us or by structured clone itself. */
const isRefused = (value: unknown): boolean => {
  try {
    structuredClone(carryValues([value]).values);
    return false;
  } catch {
    return true;
  }
};

describe('carryValues refuses what would arrive empty', () => {
  for (const [title, value] of [
    ['an instance with private members', new Secret()],
    ['one whose superclass has them', new Heir()],
    ['one whose private members were compiled away', new Compiled()],
    ['one with fields under symbols only', new BySymbol()],
    ['one with fields only that are not enumerable', new ByProperty()],
    ['an AbortSignal', AbortSignal.abort()],
    ['an AbortController', new AbortController()],
    ['an EventTarget', new EventTarget()],
  ] as const) {
    it(title, () => {
      assert.ok(isLost(value));
      assert.ok(isLost({ deep: [new Map([['key', new Set([value])]])] }));
      assert.ok(isLost(new Map([[value, 1]])));
    });
  }

  it('a Request, a Response and form data, by itself or by structured clone', () => {
    for (const value of [new Request('https://example.org'), new Response('text'), new FormData()])
      assert.ok(isRefused(value), value.constructor.name);
  });
});

describe('carryValues lets through', () => {
  for (const [title, value] of [
    ['instances with nothing in them', new Marker()],
    ['instances whose private members are methods, or of the class', new Shared()],
    ['instances with public fields beside private ones', new Half()],
    ['an array with private members', new List(3)],
    [
      'an error with private members',
      new (class extends Error {
        #code = 1;
        get code(): number {
          return this.#code;
        }
      })(),
    ],
    ['an emitter', new EventEmitter()],
    ['plain objects of another realm', vm.runInNewContext('({ inner: {} })')],
    ['objects without a prototype', Object.create(null)],
    ['objects made with Object.create', Object.create({ inherited: 1 })],
    ['what Node clones', new Blob(['text'])],
    [
      'built-in values',
      [new Date(0), /x/g, new Map(), new Set(), new ArrayBuffer(1), new Error('no'), Object(1)],
    ],
  ] as const) {
    it(title, () => assert.equal(isLost({ value }), false));
  }

  it('what a getter of the user throws at: whoever clones it says so', () => {
    const value = {
      get broken(): never {
        throw new RangeError('no');
      },
    };
    assert.equal(isLost(value), false);
  });

  it('circles, rows of a hundred thousand links, and what is reached in many ways', () => {
    interface Link {
      next: Link | undefined;
      readonly bytes?: Buffer;
    }
    const bytes = Buffer.from('end');
    let chain: Link = { next: undefined, bytes };
    for (let count = 0; count < 100_000; count++) chain = { next: chain };
    assert.deepEqual(carryValues([chain]).buffers, [bytes]);
    const circle: { self?: unknown; bytes: Buffer } = { bytes };
    circle.self = [circle];
    assert.deepEqual(carryValues([circle]).buffers, [bytes]);
    let diamond: unknown = { bytes };
    for (let level = 0; level < 60; level++) diamond = [diamond, diamond];
    assert.deepEqual(carryValues([diamond]).buffers, [bytes]);
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = bytes;
    assert.deepEqual(carryValues([sparse]).buffers, [bytes]);
  });
});

describe('packed values arrive as they were', () => {
  const send = (values: readonly unknown[]): ArrayLike<unknown> =>
    unpackValues(structuredClone(packValues(values, new Set())));

  it('Buffers as Buffers, at every depth and as often as they are met', () => {
    const bytes = Buffer.from('héllo');
    const shared = Buffer.from(new SharedArrayBuffer(2));
    const [own, deep] = send([bytes, { list: [bytes], map: new Map([[bytes, shared]]) }]) as unknown as [
      Buffer,
      { list: Buffer[]; map: Map<Buffer, Buffer> },
    ];
    assert.equal(own.toString(), 'héllo');
    assert.equal(deep.list[0], own);
    const [[key, value]] = [...deep.map] as [[Buffer, Buffer]];
    assert.equal(key, own);
    assert.ok(Buffer.isBuffer(value) && value.buffer instanceof SharedArrayBuffer);
    assert.equal(own.subarray(1).toString('hex'), bytes.subarray(1).toString('hex'));
  });

  it('Uint8Arrays as Uint8Arrays', () => {
    const [bytes] = send([new Uint8Array([104, 105])]) as unknown as [Uint8Array];
    assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
  });

  it('URLs, their parameters and headers', () => {
    const url = new URL('https://user@example.org:8080/a?b=c#d');
    const parameters = new URLSearchParams([
      ['a', '1'],
      ['a', '2 &'],
    ]);
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['accept', 'text/plain'],
    ]);
    const [arrived] = send([{ url, again: url, set: new Set([parameters]), headers }]) as unknown as [
      { url: URL; again: URL; set: Set<URLSearchParams>; headers: Headers },
    ];
    assert.ok(arrived.url instanceof URL && arrived.url === arrived.again);
    assert.equal(arrived.url.href, url.href);
    assert.deepEqual([...([...arrived.set][0] ?? [])], [...parameters]);
    assert.deepEqual([...arrived.headers], [...headers]);
  });

  it('restores nothing where there is nothing', () => assert.equal(restoreBuffers(undefined), undefined));
});
