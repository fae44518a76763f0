import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gather, parallelMap, parallelMapIterable, parallelMapSettled, pipeline } from 'telar';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();

/** A query as libraries of databases make it: it is sent when it is awaited, and once more each time. */
class Query implements PromiseLike<number> {
  readonly #sent: number[];
  readonly #id: number;

  constructor(sent: number[], id: number) {
    this.#sent = sent;
    this.#id = id;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- libraries of databases make such objects.
  then<V = number, F = never>(
    onValue?: ((value: number) => V | PromiseLike<V>) | null,
    onFailure?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<V | F> {
    this.#sent.push(this.#id);
    return Promise.resolve(this.#id).then(onValue, onFailure);
  }
}

type Make = (id: number) => PromiseLike<number>;

/** Places that may give a query in the place of a promise. */
const places: Readonly<Record<string, (make: Make) => Promise<unknown>>> = {
  'items of an array': (make) => parallelMap([make(1), make(2)], (n) => n, { pool }),
  'items of an array, settled': (make) => parallelMapSettled([make(1), make(2)], (n) => n, { pool }),
  'items of an iterable': (make) =>
    collect(parallelMapIterable(new Set([make(1), make(2)]), (n) => n, { pool })),
  'items of an asynchronous iterable': (make) =>
    parallelMap(
      (async function* () {
        for (const id of [1, 2]) yield await make(id);
      })(),
      (n) => n,
      { pool },
    ),
  'items of a pipeline': (make) =>
    pipeline([make(1), make(2)])
      .cpu((n) => n)
      .toArray({ pool }),
  'items of .io': (make) =>
    pipeline([make(1), make(2)])
      .io(async (n) => await Promise.resolve(n))
      .toArray(),
  '.io': (make) => pipeline([1, 2]).io(make).toArray(),
  '.io, unordered': (make) => pipeline([1, 2]).io(make, { ordered: false }).toArray(),
  '.tap': (make) => pipeline([1, 2]).tap(make).toArray(),
  '.forEach': (make) => pipeline([1, 2]).forEach(make),
  '.forEach behind .cpu': (make) =>
    pipeline([1, 2])
      .cpu((n) => n)
      .forEach(make, { pool }),
  '.onError': (make) =>
    pipeline([1, 2])
      .cpu((n: number): number => {
        throw new Error(String(n));
      })
      .onError(({ item }) => make(item as number))
      .toArray({ pool }),
  gather: (make) => gather([() => make(1), () => make(2)]),
};

describe('a query that is sent when it is awaited is sent once', () => {
  for (const [place, call] of Object.entries(places)) {
    it(place, async () => {
      const sent: number[] = [];
      await call((id) => new Query(sent, id));
      assert.deepEqual(
        sent.toSorted((one, other) => one - other),
        [1, 2],
      );
    });
  }
});
