import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parallelMap, run } from 'telar';
import { Mutex } from 'telar/memory';
import { shareOnThread } from '../../src/realm/thread-registry.ts';

interface Seals {
  readonly known: WeakMap<object, unknown>;
  isUsed: boolean;
}

const seals = shareOnThread<Seals>('seals', () => ({ known: new WeakMap(), isUsed: false }));

/** An object over shared memory as a bundler leaves it that has put parts of Telar into the text of a task. */
class Cells {
  readonly #cells: Uint8Array;

  constructor(cells: Uint8Array) {
    this.#cells = cells;
    seals.isUsed = true;
    seals.known.set(this, { 'telar.shared': 'text', units: cells });
  }

  get length(): number {
    return this.#cells.length;
  }
}

test('what Telar knows once for each thread is that of the worker in a task, and travels on from there', async () => {
  const lengths = await parallelMap([5], async (size) => {
    const cells = new Cells(new Uint8Array(new SharedArrayBuffer(size)));
    return [cells.length, ...(await parallelMap([1], (extra) => cells.length + extra))];
  });
  assert.deepEqual(lengths, [[5, 6]]);
});

test('memory that all threads of the process have in common is the same in a task', async () => {
  const mutex = new Mutex();
  const deaths = shareOnThread('deaths', () => new Int32Array());
  Atomics.store(deaths, deaths.length - 1, 7);
  const found = await run(
    (at: number) => Object.values(mutex).map((cells) => (cells as unknown as Int32Array).at(at)),
    [-1],
  );
  Atomics.store(deaths, deaths.length - 1, 0);
  assert.deepEqual(found, [0, 7]);
});

test('what no worker knows by itself begins there, once', async () => {
  const notes = shareOnThread('notes of a test', () => new WeakMap<object, string>());
  const key = {};
  notes.set(key, 'here');
  const found = await run(
    (own: object) => {
      const registry = Reflect.get(globalThis, Symbol.for('telar')) as ReadonlyMap<string, unknown>;
      return [notes.has(own), registry.get('notes of a test') === notes];
    },
    [key],
  );
  assert.deepEqual(found, [false, true]);
});
